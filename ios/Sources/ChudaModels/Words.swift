import Chuda
import Foundation

/// The words of one language, and how it writes days, times and amounts.
public struct Words: Sendable {
    public let language: String
    private let texts: [String: String]
    private let calendar: Calendar

    public init(_ language: String, zone: TimeZone = .current) {
        self.language = language
        texts = Chuda.texts(lang: language)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        calendar.locale = Locale(identifier: language == "en" ? "en_US" : "zh_CN")
        self.calendar = calendar
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

    /// 11月24日 周二
    public func day(_ day: Day) -> String {
        guard let date = date(of: day) else { return day }
        let parts = calendar.dateComponents([.month, .day, .weekday], from: date)
        guard let month = parts.month, let number = parts.day, let weekday = parts.weekday else { return day }
        let name = calendar.shortWeekdaySymbols[weekday - 1]
        return english ? "\(name) \(number) \(calendar.shortMonthSymbols[month - 1])" : "\(month)月\(number)日 \(name)"
    }

    /// The day as people say it when it is near.
    public func day(_ day: Day, today: Day) -> String {
        guard let date = date(of: day), let now = self.date(of: today) else { return day }
        switch calendar.dateComponents([.day], from: now, to: date).day {
        case 0: return self("day.today")
        case 1: return self("day.tomorrow")
        case -1: return self("day.yesterday")
        default: return self.day(day)
        }
    }

    /// 15:07
    public func time(_ at: Date) -> String {
        let parts = calendar.dateComponents([.hour, .minute], from: at)
        return "\(parts.hour ?? 0):" + two(Int64(parts.minute ?? 0))
    }

    public func moment(_ at: Date) -> String {
        "\(day(self.day(of: at))) \(time(at))"
    }

    public func day(of at: Date) -> Day {
        let parts = calendar.dateComponents([.year, .month, .day], from: at)
        return "\(parts.year ?? 0)-\(two(Int64(parts.month ?? 0)))-\(two(Int64(parts.day ?? 0)))"
    }

    /// Noon of a day, so that no change of clocks makes it another one.
    public func date(of day: Day) -> Date? {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        return calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2], hour: 12))
    }

    /// Fen as yuan.
    public func amount(_ fen: Fen) -> String {
        var yuan = String((fen / 100).magnitude)
        for place in stride(from: yuan.count - 3, to: 0, by: -3) {
            yuan.insert(",", at: yuan.index(yuan.startIndex, offsetBy: place))
        }
        let rest = Int64((fen % 100).magnitude)
        return (fen < 0 ? "-¥" : "¥") + yuan + (rest == 0 ? "" : "." + two(rest))
    }

    public func bytes(_ count: Int64) -> String {
        let kilo: Int64 = 1024
        if count < kilo { return "\(count) B" }
        if count < kilo * kilo { return "\(count / kilo) KB" }
        let (whole, unit) = count < kilo * kilo * kilo ? (kilo * kilo, "MB") : (kilo * kilo * kilo, "GB")
        let tenths = count * 10 / whole
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }

    /// 1:07
    public func length(_ ms: Int64) -> String {
        "\(ms / 60_000):\(two(ms / 1000 % 60))"
    }

    private func two(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private func fill(_ text: String, _ values: [(String, String)]) -> String {
        values.reduce(text) { filled, value in filled.replacingOccurrences(of: "{\(value.0)}", with: value.1) }
    }
}
