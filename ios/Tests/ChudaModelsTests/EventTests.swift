import Chuda
import Foundation
import XCTest

@testable import ChudaModels

/// Every event of every screen does what it says. Scenarios and failures have tests of their own.
final class EventTests: XCTestCase {
    @MainActor
    func testFirstRun() async throws {
        let platform = try TestPlatform(self)
        var left = 0
        var joined: [Workbench] = []
        let first = FirstRunModel(nil, platform, leave: { left += 1 }, done: { joined.append($0) })
        first.type(code: "你好 chuda://join?server=https://chuda.example.com&code=ABCD-1234 收到")
        XCTAssertEqual([first.state.server, first.state.code], ["https://chuda.example.com", "ABCD-1234"])
        first.typeCode()
        XCTAssertEqual(first.state.step, .code)
        platform.code = "https://example.com"
        first.scan()
        await first.until { $0.failure?.key == "invitation.malformed" }
        first.dismiss()
        XCTAssertNil(first.state.failure)
        first.back()
        XCTAssertEqual(first.state.step, .welcome)
        first.back()
        XCTAssertEqual(left, 1)
        first.invite("chuda://join?server=https%3A%2F%2Fother.example.com&code=7H3-Q2X")
        await first.until { $0.code == "7H3-Q2X" }
        XCTAssertEqual(first.state.server, "https://other.example.com")
        XCTAssertEqual(first.state.step, .code)
        XCTAssertFalse(first.state.working)
        first.back()
        first.startOffline()
        XCTAssertEqual(first.state.step, .name)
        first.startOffline()
        await first.until { $0.failure?.key == "person.name_missing" && !$0.working }
        first.type(name: " 李强 ")
        first.startOffline()
        await eventually { joined.count == 1 }
        let name = try await joined[0].identity().person.name
        XCTAssertEqual(name, "李强")
        first.close()
    }

    @MainActor
    func testHome() async throws {
        let platform = try TestPlatform(self)
        let workbench = try await offline(platform)
        var gone: [Place] = []
        let home = HomeModel(workbench, platform, go: { gone.append($0) })
        await home.until { $0.home != nil }
        // Nobody to suggest anything about: it asks.
        home.file()
        XCTAssertEqual(home.state.choosing, .tomorrow)
        home.cancelChoice()
        XCTAssertNil(home.state.choosing)
        home.chooseTomorrow(nil)
        XCTAssertEqual(home.state.choosing, .tomorrow)
        home.chooseTomorrow(" 拜访三家新客户 ")
        await home.until { $0.home?.report.tomorrow == "拜访三家新客户" }
        home.file()
        XCTAssertEqual(home.state.choosing, .reason)
        home.chooseReason("travel")
        await home.until { $0.home?.report.filed != nil && !$0.filing }
        XCTAssertEqual(home.state.home?.report.filed?.tomorrow, "拜访三家新客户")
        home.undo()
        await home.until { $0.home?.report.filed == nil }

        home.startRecording(.ownVoice)
        await home.until { $0.choosing != nil }
        home.agree()
        await eventually { platform.permission(.microphone) == .granted }
        home.startRecording(.ownVoice)
        await home.until { $0.recording != nil }
        try platform.microphone?.hear(sample("voice.wav"))
        home.cancelRecording()
        await home.until { $0.recording == nil }
        let nothing = try await workbench.looseEvidence()
        XCTAssertEqual(nothing, [])
        home.startRecording(.ownVoice)
        await home.until { $0.recording != nil }
        home.stopRecording()
        await home.until { $0.failure?.key == "recording.empty" }
        home.dismiss()

        platform.camera = [try sample("photo.jpg")]
        home.takePhoto()
        await eventually { gone.count == 1 }
        let first = try await unfinished(workbench)
        XCTAssertEqual(first.evidence.count, 1)
        XCTAssertEqual(platform.asked, [.microphone, .camera])
        platform.files = [try sample("quote.pdf")]
        home.addFile()
        await eventually { gone.count == 2 }
        let second = try await unfinished(workbench)
        XCTAssertEqual(second.evidence.count, 2)
        XCTAssertEqual(platform.cached, [])
        // Thrown away, it is loose; taken up again, it is a touch.
        try await workbench.keepUnfinished(draft: nil)
        await home.until { $0.home?.unfinished == false && $0.home?.loose.count == 2 }
        home.resume()
        await home.until { $0.home?.unfinished == true && $0.home?.loose.isEmpty == true }
        gone = []
        home.write()
        home.sync()
        home.open(.join)
        XCTAssertEqual(gone, [.draft(), .sync, .join])
        home.answer("00000000-0000-7000-8000-000000000000", nil)
        XCTAssertNil(home.state.failure)
        home.close()
    }

    @MainActor
    func testDraft() async throws {
        let platform = try TestPlatform(self, models: models())
        let (workbench, customer) = try await ready(platform)
        var left = 0
        let recorder = try await workbench.startRecording(consent: .ownVoice, rate: rate)
        let samples = try Data(contentsOf: URL(fileURLWithPath: sample("voice.wav"))).dropFirst(44)
        _ = try recorder.append(pcm: Data(samples))
        let evidence = try await recorder.finish().evidence.id
        try await workbench.keepUnfinished(draft: TouchDraft(evidence: [evidence]))

        let draft = DraftModel(workbench, platform) { left += 1 }
        await draft.until { $0.listening && $0.share > 0 }
        draft.stopListening()
        await draft.until { !$0.listening }
        XCTAssertNil(draft.state.failure)
        draft.fill("mode", "phone")
        draft.listenAgain()
        await draft.until { $0.view?.heard != nil && $0.value("customer") != nil && !$0.listening }
        // What the person chose stays as chosen.
        XCTAssertEqual(draft.state.value("mode"), "电话")
        draft.find("乐居")
        await draft.until { $0.view?.slots.first?.inputs.first?.choices.map(\.value) == [customer.id] }
        draft.newCustomer("苏州明远电子")
        await draft.until { $0.value("customer") == "苏州明远电子" && $0.view?.newCustomer == nil }
        draft.newCustomer("苏州明远电子")
        await draft.until { $0.failure?.key == "customer.exists" }
        draft.dismiss()
        draft.fill("customer", customer.id)
        draft.fill("action", "quote")
        draft.fill("amount", "286000")
        platform.files = [try sample("quote.pdf")]
        draft.addFile()
        platform.camera = [try sample("photo.jpg")]
        draft.takePhoto()
        await draft.until { $0.view?.evidence.count == 3 && $0.view?.missing == [] && $0.value("customer") == "佛山乐居家具" }
        draft.keepForLater()
        await eventually { left == 1 }
        draft.close()

        // Understood before, it is not listened to again.
        let again = DraftModel(workbench, platform) { left += 1 }
        await again.until { $0.view?.heard != nil && $0.view?.evidence.count == 3 }
        XCTAssertFalse(again.state.listening)
        XCTAssertEqual(again.state.value("amount"), "¥286,000")
        again.save()
        await again.until { $0.saved != nil && !$0.saving }
        await eventually { left == 2 }
        XCTAssertEqual(platform.syncsScheduled, 1)
        again.close()
        let nothing = try await workbench.unfinished()
        XCTAssertNil(nothing)

        let other = DraftModel(workbench, platform) { left += 1 }
        other.fill("customer", customer.id)
        other.fill("mode", "visit")
        other.fill("action", "demo")
        await other.until { $0.view?.missing == ["evidence"] }
        other.discard()
        await eventually { left == 3 }
        other.close()
        let discarded = try await workbench.unfinished()
        XCTAssertNil(discarded)

        // Without evidence it is kept as 待补证据.
        let bare = DraftModel(workbench, platform) {}
        bare.fill("customer", customer.id)
        bare.fill("mode", "visit")
        bare.fill("action", "demo")
        await bare.until { $0.view?.missing == ["evidence"] }
        bare.save()
        await bare.until { $0.saved?.touch.status == .draft }
        bare.close()
    }

    @MainActor
    func testWhatIsTakenOutOfADraftStaysAndIsOfferedAgain() async throws {
        let platform = try TestPlatform(self)
        let (workbench, customer) = try await ready(platform)
        platform.camera = [try sample("photo.jpg")]
        platform.files = [try sample("quote.pdf")]
        let draft = DraftModel(workbench, platform) {}
        draft.takePhoto()
        await draft.until { $0.view?.evidence.count == 1 }
        draft.addFile()
        await draft.until { $0.view?.evidence.count == 2 }
        let photo = try XCTUnwrap(draft.state.view?.evidence.first).id
        draft.takeOut(photo)
        await draft.until { $0.view?.evidence.map(\.mime) == ["application/pdf"] }
        draft.fill("customer", customer.id)
        draft.fill("mode", "phone")
        draft.fill("action", "send_material")
        await draft.until { $0.view?.missing == [] }
        draft.save()
        await draft.until { $0.saved?.touch.evidence.count == 1 }
        let home = HomeModel(workbench, platform, go: { _ in })
        await home.until { $0.home?.loose.map(\.id) == [photo] }
        for model in [draft, home] as [any AnyModel] { model.close() }
    }

    @MainActor
    func testTouchesTouchAndEvidence() async throws {
        let platform = try TestPlatform(self)
        let (workbench, customer) = try await ready(platform)
        platform.access[.location] = .granted
        platform.place = Location(latitude: 23.02, longitude: 113.12, accuracyM: 8, ageMs: 100, mock: false)
        try await workbench.giveConsent(purpose: .location)
        var gone: [Place] = []
        let saved = try await workbench.recordTouch(
            draft: TouchDraft(customer: customer.id, mode: .visit, action: "demo", allowDraft: true)
        ).touch

        let touches = TouchesModel(workbench, platform, go: { gone.append($0) })
        await touches.until { $0.days.first?.touches.count == 1 && !$0.loading }
        XCTAssertEqual(touches.state.days.map(\.day), [touches.state.today])
        touches.refresh()
        touches.dismiss()
        touches.open(saved.id)

        let touch = TouchModel(workbench, platform, saved.id, go: { gone.append($0) })
        await touch.until { $0.touch?.status == .draft && !$0.loading }
        platform.camera = [try sample("photo.jpg")]
        touch.takePhoto()
        await touch.until { $0.touch?.status == .recorded && $0.thumbnails.count == 1 }
        platform.files = [try sample("quote.pdf")]
        touch.addFile()
        await touch.until { $0.touch?.evidence.count == 2 }
        touch.feedback()
        await touch.until { $0.touch?.feedback == true }
        let photo = try XCTUnwrap(touch.state.touch?.evidence.first { $0.mime == "image/jpeg" })
        touch.openEvidence(photo.id)
        touch.openCustomer(customer.id)
        touch.dismiss()
        XCTAssertEqual(gone, [.touch(saved.id), .evidence(photo.id), .customer(customer.id)])

        let evidence = EvidenceModel(workbench, platform, photo.id)
        await evidence.until { ($0.picture?.count ?? 0) > 30_000 }
        evidence.open()
        await eventually { platform.opened.count == 1 }
        XCTAssertEqual(platform.opened[0].mime, "image/jpeg")
        evidence.exportProof()
        await eventually { platform.shared.count == 1 }
        let proof = try await verifyProof(path: platform.shared[0].path)
        XCTAssert(proof.valid, "\(proof.checks)")
        platform.opens = false
        evidence.open()
        await evidence.until { $0.failure?.key == "open.no_app" }
        evidence.dismiss()
        evidence.close()
        XCTAssertEqual(platform.cached, [], "something decrypted was left behind")
        for model in [touches, touch] as [any AnyModel] { model.close() }
    }

    @MainActor
    func testARecordingIsPlayed() async throws {
        let platform = try TestPlatform(self)
        let (workbench, _) = try await ready(platform)
        let draft = EvidenceDraft(path: try sample("voice.wav"), source: .recording, consent: .ownVoice)
        let recording = try await workbench.keepEvidence(draft: draft).evidence.id
        let evidence = EvidenceModel(workbench, platform, recording)
        await evidence.until { $0.evidence != nil }
        evidence.play()
        await evidence.until { $0.playing }
        let player = try XCTUnwrap(platform.player)
        XCTAssert(FileManager.default.fileExists(atPath: player.path))
        player.onPosition(1200)
        XCTAssertEqual(evidence.state.position, 1200)
        evidence.pause()
        XCTAssertFalse(evidence.state.playing)
        evidence.play()
        XCTAssertEqual(player.calls, ["pause", "resume"])
        player.onEnd()
        XCTAssertEqual([evidence.state.playing ? 1 : 0, evidence.state.position], [0, 0])
        evidence.play()
        await evidence.until { $0.playing }
        evidence.close()
        XCTAssertEqual(platform.player?.calls, ["stop"])
        XCTAssertEqual(platform.cached, [])
    }

    @MainActor
    func testCustomersAndCustomer() async throws {
        let platform = try TestPlatform(self)
        let (workbench, customer) = try await ready(platform)
        var gone: [Place] = []
        let customers = CustomersModel(workbench, platform, go: { gone.append($0) })
        await customers.until { $0.customers.count == 1 && !$0.loading }
        customers.add(CustomerDraft(name: ""))
        customers.save()
        await customers.until { $0.failure?.key == "customer.name_missing" }
        customers.dismiss()
        customers.add(CustomerDraft(name: "苏州明远电子", short: "明远"))
        customers.save()
        await customers.until { $0.adding == nil && $0.customers.count == 2 }
        customers.find("明远")
        await customers.until { $0.customers.map(\.short) == ["明远"] }
        customers.find("")
        await customers.until { $0.customers.count == 2 }
        customers.open(customer.id)
        XCTAssertEqual(gone.last, .customer(customer.id))

        let pdf = try await workbench.keepEvidence(draft: EvidenceDraft(path: sample("quote.pdf"), source: .file)).evidence.id
        let saved = try await workbench.recordTouch(
            draft: TouchDraft(customer: customer.id, mode: .email, action: "quote", evidence: [pdf])
        ).touch
        let one = CustomerModel(workbench, platform, customer.id, go: { gone.append($0) })
        await one.until {
            $0.page?.timeline.count == 1 && $0.page?.documents.map(\.id) == [pdf] && $0.page?.briefs.count == 1 && !$0.loading
        }
        one.open(saved.id)
        one.openEvidence(pdf)
        XCTAssertEqual(gone.suffix(2), [.touch(saved.id), .evidence(pdf)])
        one.touch()
        await eventually { gone.last == .draft() }
        let unfinished = try await workbench.unfinished()
        XCTAssertEqual(unfinished?.customer, customer.id)
        one.dismiss()
        for model in [customers, one] as [any AnyModel] { model.close() }
    }

    @MainActor
    func testSync() async throws {
        let platform = try TestPlatform(self)
        let (workbench, _) = try await ready(platform)
        var gone: [Place] = []
        let sync = SyncModel(workbench, platform, go: { gone.append($0) })
        await sync.until { $0.status?.items.isEmpty == false }
        sync.redo(try XCTUnwrap(sync.state.status?.items.first).id)
        await sync.until { $0.failure?.key == "status.nothing_refused" }
        sync.dismiss()
        sync.sync()
        await sync.until { $0.failure?.remedy == .join && !$0.syncing }
        sync.remedy(.join)
        XCTAssertNil(sync.state.failure)
        sync.sync()
        sync.stop()
        await sync.until { !$0.syncing }
        sync.join()
        XCTAssertEqual(gone, [.join, .join])
        sync.close()
    }

    @MainActor
    func testPhotosWaitForWifiIfThePersonWantsThat() async throws {
        let platform = try TestPlatform(self)
        let (workbench, _) = try await ready(platform)
        let server = try Server(self)
        let invitation = try readInvitation(text: server.invite("李强", "rep"))
        try await server.up()
        _ = try await workbench.enrol(server: invitation.server, code: invitation.code)
        platform.wifi = false
        platform.prefer("wifi_only", "true")
        platform.camera = [try sample("photo.jpg")]
        let home = HomeModel(workbench, platform, go: { _ in })
        home.takePhoto()
        await home.until { $0.home?.unfinished == true }
        let sync = SyncModel(workbench, platform, go: { _ in })
        await sync.until { $0.waitsForWifi }
        sync.sync()
        await sync.until { !$0.syncing && $0.status?.summary.recordsWaiting == 0 }
        XCTAssertEqual(sync.state.status?.summary.blobsWaiting, 1)
        XCTAssert(sync.state.waitsForWifi)
        platform.wifi = true
        sync.sync()
        await sync.until { !$0.syncing && $0.status?.summary.blobsWaiting == 0 }
        XCTAssertFalse(sync.state.waitsForWifi)
        for model in [home, sync] as [any AnyModel] { model.close() }
    }

    @MainActor
    func testMe() async throws {
        let platform = try TestPlatform(self)
        let workbench = try await offline(platform)
        var spoken: [String] = []
        var gone: [Place] = []
        let me = MeModel(workbench, platform, speak: { spoken.append($0) }, go: { gone.append($0) })
        await me.until { $0.identity?.person.name == "李强" && $0.consents.count == 2 }
        XCTAssertEqual(me.state.storage, platform.freeBytes)
        me.giveConsent(.recording)
        await me.until { $0.consents.contains { $0.purpose == .recording && $0.given } }
        await eventually { platform.asked == [.microphone] }
        me.withdrawConsent(.recording)
        await me.until { $0.consents.allSatisfy { !$0.given } }
        platform.answers[.location] = .denied
        me.giveConsent(.location)
        await me.until { $0.failure == Failure(ChudaError.denied(.location)) }
        me.dismiss()
        me.check()
        await me.until { $0.checks != nil && !$0.checking }
        XCTAssertEqual(me.state.checks?.filter { !$0.ok && $0.name != "model" }.map(\.name), [])
        me.chooseLanguage("en")
        XCTAssertEqual(spoken, ["en"])
        XCTAssertEqual(platform.preferences["language"], "en")
        me.setWifiOnly(true)
        XCTAssert(me.state.wifiOnly)
        XCTAssertEqual(platform.preferences["wifi_only"], "true")
        XCTAssertEqual(platform.syncsScheduled, 1)
        me.join()
        XCTAssertEqual(gone, [.join])
        me.close()
    }

    @MainActor
    func testTheWayBackLetsScreensGo() async throws {
        let platform = try TestPlatform(self)
        let workbench = try await offline(platform)
        let app = AppModel(platform)
        app.open()
        await app.until { $0.workbench != nil }
        app.go(.sync)
        let sync = app.sync(workbench)
        XCTAssert(app.sync(workbench) === sync)
        app.back()
        XCTAssertEqual(app.stack.places, [])
        app.go(.sync)
        XCTAssertFalse(app.sync(workbench) === sync)
        app.go(.me)
        XCTAssertEqual(app.stack.places, [])
        app.me(workbench).chooseLanguage("en")
        XCTAssertEqual(app.state.words.language, "en")
        app.go(.customer("x"))
        app.go(.touch("y"))
        app.left([.customer("x")])
        XCTAssertEqual(app.stack.places, [.customer("x")])
        XCTAssertFalse(BackStack().back())
        app.close()
    }

    @MainActor
    func testAnInvitationIsShownAndNobodyJoinsByIt() async throws {
        let link = "chuda://join?server=https%3A%2F%2Fchuda.example.com&code=7H3-Q2X"
        let platform = try TestPlatform(self)
        let app = AppModel(platform)
        // A cold start: the link comes before the app knows whether there is a store.
        app.invite(link)
        app.open()
        await app.until { $0.firstRun?.state.code == "7H3-Q2X" }
        let first = try XCTUnwrap(app.state.firstRun)
        first.back()
        app.invite("chuda://join?server=https%3A%2F%2Fchuda.example.com")
        await first.until { $0.failure?.key == "invitation.malformed" && $0.step == .code }
        first.back()
        first.startOffline()
        first.type(name: "李强")
        first.startOffline()
        await app.until { $0.workbench != nil }

        // A phone that works alone is asked before it joins; one that has a team stays in it.
        let workbench = try XCTUnwrap(app.state.workbench)
        app.invite(link)
        await eventually { app.stack.places == [.join] }
        let join = app.join(workbench)
        await join.until { $0.code == "7H3-Q2X" && !$0.working }
        let server = try Server(self)
        let invitation = try readInvitation(text: server.invite("李强", "rep"))
        try await server.up()
        join.type(server: invitation.server, code: invitation.code)
        join.join()
        await eventually { app.stack.places.isEmpty }
        app.invite(link)
        await app.until { $0.failure?.key == "invitation.not_needed" }
        XCTAssertEqual(app.stack.places, [])
        let kept = try await workbench.identity().server
        XCTAssertEqual(kept, invitation.server)
        app.close()
    }

    func testWords() {
        let zone = TimeZone(identifier: "Asia/Shanghai")!
        let (zh, en) = (Words("zh", zone: zone), Words("en", zone: zone))
        XCTAssertEqual(zh.day("2026-11-24"), "11月24日 周二")
        XCTAssertEqual(en.day("2026-11-24"), "Tue 24 Nov")
        XCTAssertEqual(zh.day(of: Date(timeIntervalSince1970: 1_795_536_000)), "2026-11-25")
        XCTAssertEqual(zh.time(Date(timeIntervalSince1970: 1_795_536_000 + 420)), "00:07")
        XCTAssertEqual(zh.amount(28_600_050), "¥286,000.50")
        XCTAssertEqual(zh.amount(-100_000_000), "-¥1,000,000")
        XCTAssertEqual(zh.amount(0), "¥0")
        XCTAssertEqual([512, 384_830, 3_355_443].map(zh.bytes), ["512 B", "375 KB", "3.1 MB"])
        XCTAssertEqual(zh.length(67_000), "1:07")
        XCTAssertEqual(zh(Failure(ChudaError.Invalid(key: "touch.field_missing", params: ["field": "contact"]))), "还要填：联系人。")
        XCTAssertEqual(zh("no.such.key"), "no.such.key")
        XCTAssertEqual(zh(.visit), "面访")
        XCTAssertEqual(en(Stage.quoted), "Quoted")
    }
}
