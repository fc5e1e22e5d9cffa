#if canImport(SwiftUI) && DEBUG
    import Chuda
    import Foundation

    /// What the previews show: the project's own sample day.
    enum Sample {
        static let person = PersonView(id: "01a20d1c-4996-721a-9904-0104ccbc09ba", name: "李强", roles: [.rep], reportsTo: nil)
        static let at = Date(timeIntervalSince1970: 1_795_501_320)

        static let customer = CustomerView(
            id: "01a20d1c-4996-721a-9904-0104ccbc09bb", name: "佛山乐居家具", short: "乐居", stage: .quoted, holder: person, since: at, lead: nil,
            last: nil, intent: .b,
            health: Health(score: 12, red: true, parts: HealthParts(touches: 4, evidence: 2, overdueDays: 2), sum: "12 = 4×2 + 2×5 − 2×3"),
            lastTouch: at, conflicts: [], contacts: [], contact: nil, address: "佛山市顺德区龙江镇", model: nil)

        static let evidence = EvidenceView(
            id: "01a20d1c-4996-721a-9904-0104ccbc09bc", sha256: String(repeating: "ab", count: 32),
            claim: String(repeating: "cd", count: 32),
            size: 384_830, mime: "image/jpeg", kind: .photo, extension: "jpg", source: "camera", capturedAt: at, grade: .serverWitnessed,
            flags: [], readable: true,
            unreadable: nil, valid: true, consent: nil, transcript: nil, touch: nil, here: true, state: .verified)

        static let touch = TouchView(
            id: "01a20d1c-4996-721a-9904-0104ccbc09bd", person: person, customer: customer.id, customerName: customer.name, mode: .visit,
            action: Word(key: "demo", zh: "演示", en: "Demo"), at: at, day: "2026-11-24", status: .recorded, category: nil,
            brief: Word(key: "demo_done", zh: "已演示产品", en: "Demo done"), techOwner: nil, techOwnerUnknown: false, responseBy: nil,
            amount: nil, customDevelopment: false, intent: nil, feedback: false, contact: nil, contactRole: nil, opened: nil,
            nextAction: "发报价单", nextDate: "2026-11-25", nextTime: nil, note: nil, extra: [], evidence: [evidence], conflicts: [],
            state: .verified)

        static let task = TaskView(
            id: "01a20d1c-4996-721a-9904-0104ccbc09be", kind: Word(key: "reconfirm_value", zh: "二次价值确认", en: "Confirm the value again"),
            notice: false, customer: customer.id, customerName: customer.name, source: touch.id, sourceKind: "touch", about: [],
            rule: "quote-silent", because: nil,
            choices: [
                Word(key: "recalculate", zh: "需重新测算成本", en: "Costs to be calculated again"),
                Word(key: "cases", zh: "需补充行业案例", en: "Cases of the trade wanted"),
            ], scriptPack: nil, createdAt: at, due: at, doneAt: nil, doneBy: nil, choice: nil, reason: nil, attachmentUploading: false)

        static let heard = [
            Piece(text: "佛山乐居家具", sureness: .sure), Piece(text: "的老板很爽快，今天", sureness: .plain),
            Piece(text: "去他展厅", sureness: .sure), Piece(text: "演示", sureness: .sure), Piece(text: "了一个小时，下一步", sureness: .plain),
            Piece(text: "明天", sureness: .sure), Piece(text: "发报价单", sureness: .doubtful), Piece(text: "。", sureness: .plain),
        ]
    }
#endif
