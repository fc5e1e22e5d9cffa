import Chuda
import Foundation

/// The words of one language, and how the core writes days, times and amounts in it and what it says of records.
public struct Words: Sendable {
    public let language: String
    private let texts: [String: String]
    private let format: Format
    private let calendar: Calendar

    public init(_ language: String, zone: TimeZone = .current) {
        self.language = language
        texts = Chuda.texts(lang: language)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
        format = Format(language: language, zone: zone.identifier)
    }

    private var english: Bool { language == "en" }

    public func callAsFunction(_ key: String, _ values: KeyValuePairs<String, Any> = [:]) -> String {
        values.reduce(texts[key] ?? key) { filled, value in filled.replacingOccurrences(of: "{\(value.key)}", with: "\(value.value)") }
    }

    public func callAsFunction(_ word: Word) -> String { english ? word.en : word.zh }
    public func callAsFunction(_ choice: Choice) -> String { english ? choice.en : choice.zh }
    public func callAsFunction(_ failure: Failure) -> String { format.failure(failure: failure) }
    public func callAsFunction(_ mode: ContactMode) -> String { format.mode(mode: mode) }
    public func callAsFunction(_ stage: Stage) -> String { format.stage(stage: stage) }
    public func callAsFunction(_ grade: Grade) -> String { format.grade(grade: grade) }
    public func callAsFunction(_ status: TouchStatus) -> String { format.status(status: status) }
    public func callAsFunction(_ role: Role) -> String { format.role(role: role) }
    public func callAsFunction(_ state: ItemState) -> String { format.state(state: state) }
    public func kind(_ evidence: EvidenceView) -> String { format.evidence(kind: evidence.kind) }

    public func facts(_ touch: TouchView) -> [Fact] { format.touchFacts(touch: touch) }
    public func facts(_ customer: CustomerView) -> [Fact] { format.customerFacts(customer: customer) }
    public func facts(_ evidence: EvidenceView) -> [Fact] { format.evidenceFacts(evidence: evidence) }
    public func facts(_ task: TaskView) -> [Fact] { format.taskFacts(task: task) }
    public func about(_ task: TaskView, today: Day) -> String? { format.taskAbout(task: task, today: today) }
    public func lastSync(_ sync: SyncSummary) -> String { format.lastSync(sync: sync) }

    public func day(_ day: Day, today: Day? = nil) -> String { format.day(day: day, today: today) }
    public func day(of at: Date) -> Day { format.dayOf(at: at) }
    public func time(_ at: Date) -> String { format.time(at: at) }
    public func moment(_ at: Date, today: Day? = nil) -> String { format.moment(at: at, today: today) }
    public func amount(_ fen: Fen) -> String { format.amount(amount: fen) }
    public func bytes(_ count: Int64) -> String { format.bytes(count: count) }
    public func length(_ ms: Int64) -> String { format.length(ms: ms) }

    /// Noon of a day, so that no change of clocks makes it another one.
    public func date(of day: Day) -> Date? {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        return calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2], hour: 12))
    }
}
