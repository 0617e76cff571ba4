import SyncEngine

@testable import Assistance

/// Records of the registers in memory.
struct RegisterFixture {
    static let village = "370404101201"
    static let township = Scope("370404101")
    static let today = CalendarDay("2026-11-25")!

    private(set) var records: [Record] = []
    var villages: Set<String> = [Self.village]

    /// - Parameter scope: where it was written; the township when left out.
    @discardableResult mutating func add(
        _ kindName: String, in scope: Scope = Self.township, _ fields: [String: Value]
    ) -> RecordID {
        let kind = AssistanceSchema.current.kind(kindName)!
        let number = UInt64(records.count + 1)
        var record = Record(id: RecordID(high: 1, low: number), kind: kind, scope: scope, seq: number)
        for (name, value) in fields { record.assign(value, to: FieldKey(field: name), in: kind) }
        records.append(record)
        return record.id
    }

    @discardableResult mutating func staff(
        _ name: String, _ post: String = "full_time", village: String? = nil, with more: [String: Value] = [:]
    ) -> RecordID {
        let fields: [String: Value] = [
            "name": .text(name), "post": .text(post), "village": village.map(Value.text) ?? .null,
            "active_from": day("2026-01-01"),
        ]
        return add("staff", fields.merging(more) { $1 })
    }

    var book: RegisterBook { RegisterBook(records, today: Self.today, villages: villages) }

    func entries(
        _ register: String, _ selection: Register.Selection = Register.Selection()
    ) throws -> [RegisterEntry] {
        try Register.named(register).entries(selection, of: book)
    }

    func summary(_ register: String) throws -> JSONValue {
        let register = try Register.named(register)
        return register.summary(of: register.entries(Register.Selection(), of: book), in: book)
    }
}

func day(_ text: String) -> Value { .date(CalendarDay(text)!) }

extension RegisterEntry {
    subscript(column: String) -> JSONValue? { columns.first { $0.name == column }?.value }
    /// The fields that findings are about, in their order.
    var found: [String] { findings.compactMap(\.field) }
}
