import Chuda
import Foundation

/// The workbench home (工作台首页).
public struct HomeState: ScreenState, Equatable {
    public var home: HomeView?
    /// What is being said just now.
    public var recording: Recording?
    public var filing = false
    /// Seconds in which the report can still be taken back by one tap.
    public var undo = 0
    public var choosing: Choosing?
    public var failure: Failure?

    public init() {}
}

/// What a screen asks before it goes on.
public enum Choosing: Equatable, Sendable {
    /// Why the report is short.
    case reason
    /// Another key action for tomorrow.
    case tomorrow
    /// Recording, which has not been agreed to yet or which the system does not permit yet.
    case agreement(ConsentView)
    /// Why a task is answered like this.
    case answer(Answer)
}

/// An answer to a task that needs a reason.
public struct Answer: Equatable, Sendable {
    public let task: TaskView
    public let choice: String?

    public init(task: TaskView, choice: String?) {
        self.task = task
        self.choice = choice
    }
}

public final class HomeModel: Model<HomeState> {
    private let workbench: Workbench
    private let second: () async throws -> Void
    private let dictation: Dictation
    private var countdown: Task<Void, Never>?
    private var following: Task<Void, Never>?

    /// `second` passes one second.
    public init(
        _ workbench: Workbench, _ platform: Platform,
        second: @escaping () async throws -> Void = { try await Task.sleep(for: .seconds(1)) },
        go: @escaping (Place) -> Void
    ) {
        self.workbench = workbench
        self.second = second
        dictation = Dictation(workbench, platform)
        super.init(HomeState(), platform, go: go)
        refresh()
    }

    /// Back on this screen: what was left on another one shows here, and the card of another day if the phone's clock says another.
    public func refresh() {
        following?.cancel()
        following = follow(workbench) { [self] home in state.home = home }
    }

    /// One tap files the report; a short one asks for a reason first.
    public func file() {
        file(reason: nil)
    }

    public func chooseReason(_ reason: String) {
        file(reason: reason)
    }

    private func file(reason: String?) {
        guard let card = state.home?.report, !state.filing else { return }
        if card.question == .tomorrow {
            state.choosing = .tomorrow
            return
        }
        if card.question == .reason && reason == nil {
            state.choosing = .reason
            return
        }
        state.filing = true
        state.choosing = nil
        work(again: { [self] in file(reason: reason) }) { [self] in
            defer {
                state.filing = false
                refresh()
            }
            // Of the day that the card shows, whatever the clock says by now.
            let request = ReportRequest(day: card.day, reason: reason)
            _ = try await workbench.fileReport(request: request)
            platform.feedback(.done)
            countDown(card.undoSeconds)
        }
    }

    /// Nothing is sent before the time for 撤销 is over, since a report that was sent can't be taken back.
    private func countDown(_ seconds: Int32) {
        countdown?.cancel()
        state.undo = Int(seconds)
        countdown = work { [self] in
            while state.undo > 0 {
                try await second()
                try Task.checkCancellation()
                state.undo -= 1
            }
            workbench.letReportStand()
            platform.scheduleSync()
        }
    }

    public func undo() {
        guard let card = state.home?.report, state.undo > 0 else { return }
        countdown?.cancel()
        state.undo = 0
        work { [self] in try await workbench.withdrawReport(day: card.day) }
    }

    /// Without a text it asks for one.
    public func chooseTomorrow(_ text: String?) {
        guard let card = state.home?.report else { return }
        state.choosing = text == nil ? .tomorrow : nil
        guard let text else { return }
        work(again: { [self] in chooseTomorrow(text) }) { [self] in try await workbench.chooseTomorrow(day: card.day, text: text) }
    }

    /// Does a task in its place. `choice` is one of its choices, if it has any.
    public func answer(_ id: TaskId, _ choice: String?, reason: String? = nil) {
        guard let home = state.home, let task = (home.tasks + home.notices).first(where: { $0.id == id }) else { return }
        state.choosing = nil
        work(again: { [self] in answer(id, choice, reason: reason) }) { [self] in
            guard try await workbench.completeTask(id: id, choice: choice, reason: reason) != nil else {
                state.choosing = .answer(Answer(task: task, choice: choice))
                return
            }
            platform.feedback(.done)
            platform.scheduleSync()
        }
    }

    public func startRecording(_ consent: Consent) {
        dictation.start(
            consent,
            Dictation.Screen(
                changed: { [self] in state.recording = $0 },
                agreementMissing: { [self] in state.choosing = .agreement($0) },
                failed: { [self] in fail($0) },
                kept: { [self] evidence, notice in add([evidence], notice) }
            ))
    }

    public func stopRecording() {
        dictation.stop()
    }

    public func cancelRecording() {
        dictation.cancel()
    }

    /// Agrees to recording; then the system asks in its turn.
    public func agree() {
        state.choosing = nil
        work { [self] in
            try await workbench.giveConsent(purpose: .recording)
            guard await platform.ask(.microphone) == .granted else { throw ChudaError.denied(.microphone) }
        }
    }

    public func takePhoto() {
        work(again: keepLeftovers) { [self] in
            if let captured = try await photo(platform) { add([try await workbench.keep(captured, platform)], nil) }
        }
    }

    public func addFile() {
        work(again: keepLeftovers) { [self] in
            if let captured = try await platform.pickFile() { add([try await workbench.keep(captured, platform)], nil) }
        }
    }

    /// What the camera made and the store could not take.
    private func keepLeftovers() {
        work(again: keepLeftovers) { [self] in add(try await workbench.keepLeftovers(platform), nil) }
    }

    /// A new touch by hand, or the one that waits.
    public func write() {
        go(.draft())
    }

    /// The touch that waits, or what was captured and is in none.
    public func resume() {
        work(again: resume) { [self] in
            try await workbench.resumeUnfinished()
            go(.draft())
        }
    }

    /// The list of what is on its way.
    public func sync() {
        go(.sync)
    }

    public func open(_ place: Place) {
        go(place)
    }

    public func cancelChoice() {
        state.choosing = nil
    }

    /// Evidence joins the half-made touch, which is put aside before anything else: it outlives the app.
    private func add(_ evidence: [EvidenceId], _ notice: Failure?) {
        work { [self] in
            try await workbench.addToUnfinished(evidence: evidence)
            go(.draft(notice: notice.map(Notice.init)))
        }
    }

    override public func close() {
        dictation.stop()
        super.close()
    }
}
