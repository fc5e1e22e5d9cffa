import Chuda
import Foundation

/// The words of one language, and how the core writes days, times and amounts in it.
public struct Words: Sendable {
    public let language: String
    private let texts: [String: String]
    private let formats: Formats
    private let calendar: Calendar

    public init(_ language: String, zone: TimeZone = .current) {
        self.language = language
        texts = Chuda.texts(lang: language)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
        formats = Formats(language: language, zone: zone.identifier)
    }

    private var english: Bool { language == "en" }

    public func callAsFunction(_ key: String, _ values: KeyValuePairs<String, Any> = [:]) -> String {
        fill(texts[key] ?? key, values.map { ($0.key, "\($0.value)") })
    }

    public func callAsFunction(_ word: Word) -> String {
        english ? word.en : word.zh
    }

    public func callAsFunction(_ choice: Choice) -> String {
        english ? choice.en : choice.zh
    }

    /// What went wrong and what to do about it.
    public func callAsFunction(_ failure: Failure) -> String {
        let text = texts["error.\(failure.key)"] ?? texts["fault.\(failure.kind)"] ?? failure.key
        let values = failure.params.map { name, value in
            (name, name == "field" ? texts["field.\(value)"] ?? value : value)
        }
        return fill(text, values + [("key", failure.key)])
    }

    public func callAsFunction(_ mode: ContactMode) -> String {
        switch mode {
        case .phone: self("mode.phone")
        case .wechat: self("mode.wechat")
        case .visit: self("mode.visit")
        case .email: self("mode.email")
        }
    }

    public func callAsFunction(_ stage: Stage) -> String {
        switch stage {
        case .offered: self("stage.offered")
        case .claimed: self("stage.claimed")
        case .firstTouch: self("stage.first_touch")
        case .needConfirmed: self("stage.need_confirmed")
        case .quoted: self("stage.quoted")
        case .signed: self("stage.signed")
        }
    }

    public func callAsFunction(_ grade: Grade) -> String {
        switch grade {
        case .localUnverified: self("grade.local_unverified")
        case .serverWitnessed: self("grade.server_witnessed")
        }
    }

    public func callAsFunction(_ status: TouchStatus) -> String {
        switch status {
        case .draft: self("status.draft")
        case .recorded: self("status.recorded")
        }
    }

    public func callAsFunction(_ role: Role) -> String {
        switch role {
        case .rep: self("role.rep")
        case .supervisor: self("role.supervisor")
        case .director: self("role.director")
        case .presales: self("role.presales")
        case .finance: self("role.finance")
        case .delivery: self("role.delivery")
        case .deliveryDirector: self("role.delivery_director")
        case .customerSuccess: self("role.customer_success")
        case .product: self("role.product")
        case .tech: self("role.tech")
        case .legal: self("role.legal")
        case .admin: self("role.admin")
        case .auditor: self("role.auditor")
        }
    }

    /// Where an item is on its way, with the reason when it was refused.
    public func callAsFunction(_ state: ItemState) -> String {
        switch state {
        case .savedHere: self("state.saved_here")
        case .waiting: self("state.waiting")
        case .uploading(let percent): "\(self("state.uploading")) \(percent) %"
        case .verified: self("state.verified")
        case .failed(let reason): self("sync.failed_because", ["reason": texts["rejection.\(reason)"] ?? reason])
        case .conflict: self("state.conflict")
        }
    }

    /// 11月24日 周二; a near day as people say it, if today is given.
    public func day(_ day: Day, today: Day? = nil) -> String {
        formats.day(day: day, today: today)
    }

    /// 15:07
    public func time(_ at: Date) -> String {
        formats.time(at: at)
    }

    public func moment(_ at: Date, today: Day? = nil) -> String {
        formats.moment(at: at, today: today)
    }

    public func day(of at: Date) -> Day {
        formats.dayOf(at: at)
    }

    /// Noon of a day, so that no change of clocks makes it another one.
    public func date(of day: Day) -> Date? {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        return calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2], hour: 12))
    }

    /// Fen as yuan.
    public func amount(_ fen: Fen) -> String {
        formats.amount(amount: fen)
    }

    public func bytes(_ count: Int64) -> String {
        formats.bytes(count: count)
    }

    /// 1:07
    public func length(_ ms: Int64) -> String {
        formats.length(ms: ms)
    }

    private func fill(_ text: String, _ values: [(String, String)]) -> String {
        values.reduce(text) { filled, value in filled.replacingOccurrences(of: "{\(value.0)}", with: value.1) }
    }
}
