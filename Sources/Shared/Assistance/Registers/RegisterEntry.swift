package import SyncEngine

/// Where an entry of a register stands on a day.
package enum RegisterState: String, Sendable, CaseIterable {
    // Of a matter that has to be dealt with.
    case open, overdue, done
    case doneLate = "done_late"
    // Of what holds from a day to a day.
    case upcoming
    case inForce = "in_force"
    case ended
    // Of a dishonesty record, besides `in_force` and `ended`.
    case undecided, dismissed

    package var label: Label {
        switch self {
        case .open: Label(zh: "办理中", en: "open")
        case .overdue: Label(zh: "已逾期", en: "overdue")
        case .done: Label(zh: "已办结", en: "done")
        case .doneLate: Label(zh: "逾期办结", en: "done late")
        case .upcoming: Label(zh: "未开始", en: "not yet")
        case .inForce: Label(zh: "有效", en: "in force")
        case .ended: Label(zh: "已结束", en: "ended")
        case .undecided: Label(zh: "未决定", en: "undecided")
        case .dismissed: Label(zh: "不予认定", en: "dismissed")
        }
    }
}

/// How a register tells the state of its entries: the fields that say so.
enum RegisterClock: Sendable {
    /// Something that happened; it has no state.
    case none
    /// Due on a day, done on a day.
    case matter(due: String, done: String)
    /// From a day, through a day; what is not filled in does not bound it.
    case period(from: String, through: String)
    /// As a matter, once there is something to follow up.
    case followUp(due: String, done: String)
    case decision

    func state(of record: Linked, on today: CalendarDay) -> (state: RegisterState?, daysLate: Int) {
        switch self {
        case .none: return (nil, 0)
        case .followUp(let due, let done):
            guard record.day(due) != nil || record.day(done) != nil else { return (nil, 0) }
            return Self.matter(record.day(due), record.day(done), today)
        case .matter(let due, let done): return Self.matter(record.day(due), record.day(done), today)
        case .period(let from, let through):
            if let from = record.day(from), from > today { return (.upcoming, 0) }
            return (record.day(through).map { $0 < today } ?? false ? .ended : .inForce, 0)
        case .decision:
            switch record.text("decision") {
            case nil: return (.undecided, 0)
            case "upheld": return (record.day("expires_on").map { $0 > today } ?? false ? .inForce : .ended, 0)
            default: return (.dismissed, 0)
            }
        }
    }

    private static func matter(
        _ due: CalendarDay?, _ done: CalendarDay?, _ today: CalendarDay
    ) -> (RegisterState?, Int) {
        let late = due.map { max(0, Int((done ?? today).daysSinceEpoch - $0.daysSinceEpoch)) } ?? 0
        if done != nil { return (late > 0 ? .doneLate : .done, late) }
        return (late > 0 ? .overdue : .open, late)
    }
}

/// A value that is computed for an entry.
package struct RegisterColumn: Sendable {
    package let name: String
    package let label: Label
    package let value: JSONValue

    init(_ name: String, _ zh: String, _ en: String, _ value: JSONValue) {
        self.name = name
        label = Label(zh: zh, en: en)
        self.value = value
    }
}

/// A record of a register with what was computed of it.
package struct RegisterEntry: Sendable {
    package let record: Linked
    /// The village it was written in, or is about; `nil` when it is of the whole township.
    package let village: String?
    package let state: RegisterState?
    /// Days past the due day, to today or to when it was done.
    package let daysLate: Int
    package let columns: [RegisterColumn]
    /// What is to be completed or looked at; never a refusal.
    package let findings: [Finding]
}

/// The records from which registers are computed, and the day.
package struct RegisterBook: Sendable {
    private let byKind: [String: [Linked]]
    private let byID: [RecordID: Linked]
    private let byParent: [RecordID: [Linked]]
    package let today: CalendarDay
    /// The villages that are known, so that one without any entry is listed too.
    package let villages: [String]

    /// - Parameter records: live ones.
    package init(_ records: [Record], today: CalendarDay, villages: Set<String>) {
        let all = records.compactMap(Linked.init).sorted { $0.record.id < $1.record.id }
        byKind = Dictionary(grouping: all) { $0.kind.name }
        byID = Dictionary(all.map { ($0.record.id, $0) }) { first, _ in first }
        byParent = Dictionary(grouping: all.filter { $0.parent != nil }) { $0.parent ?? $0.record.id }
        self.today = today
        self.villages = villages.sorted()
    }

    /// In order of their ids.
    func all(_ kind: String) -> [Linked] { byKind[kind] ?? [] }

    /// `nil` for an id that is none, or of no record in the book.
    func record(_ id: Value) -> Linked? { id.recordID.flatMap { byID[$0] } }

    /// The records directly below one, in order of their ids.
    func dependents(of id: RecordID) -> [Linked] { byParent[id] ?? [] }

    /// Staff at work on a day.
    func staff(on day: CalendarDay) -> [Linked] { all("staff").filter { $0.isAtWork(on: day) } }
}

extension Linked {
    fileprivate var parent: RecordID? {
        kind.parents.lazy.compactMap { self.value($0.field).recordID }.first
    }

    /// A village's own record is of that village, whatever its field says.
    var village: String? { VillageCode.isValid(record.scope.code) ? record.scope.code : text("village") }

    /// Of a staff record.
    func isAtWork(on day: CalendarDay) -> Bool {
        RegisterClock.period(from: "active_from", through: "active_to").state(of: self, on: day).state == .inForce
    }

    /// Of a staff record.
    var post: RegisterKinds.Post? { text("post").flatMap(RegisterKinds.Post.init) }
}
