import SyncEngine

@testable import Assistance

/// A household with a case, for the rules to look at: records in memory, in the order in which they were decided.
final class CaseWorld: LinkedRecords {
    private(set) var records: [Record] = []
    private var last: UInt64 = 0
    var now: Instant
    var shelf = PolicyShelf.included
    let household: RecordID
    var member = RecordID(high: 0, low: 0)
    var application = RecordID(high: 0, low: 0)

    init(_ programme: Programme, on day: String = "2026-03-02") {
        now = Instant(day + "T09:00:00+08:00")!
        household = RecordID(high: 1, low: 1)
        last = 1
        records.append(Record(id: household, kind: householdKind, scope: Scope("370404101201"), seq: 1))
        member = add("member", ["household": .text(household.description), "name": .text("张三")])
        application = add(
            "application",
            [
                "household": .text(household.description), "programme": .text(programme.rawValue),
                "member": .text(member.description), "applied_at": .time(now),
            ])
    }

    func day(_ offset: Int) -> Value { .date(now.day.adding(days: offset)) }

    @discardableResult func add(_ kindName: String, _ fields: [String: Value], id: RecordID? = nil) -> RecordID {
        let kind = AssistanceSchema.current.kind(kindName)!
        last += 1
        var record = Record(
            id: id ?? RecordID(high: 1, low: last), kind: kind, scope: Scope("370404101201"), seq: last)
        for (name, value) in fields { record.assign(value, to: FieldKey(field: name), in: kind) }
        if kind.index(of: "application") != nil, fields["application"] == nil {
            record.assign(.text(application.description), to: FieldKey(field: "application"), in: kind)
        }
        if kind.parents.contains(where: { $0.field == "household" }) {
            record.assign(.text(household.description), to: FieldKey(field: "household"), in: kind)
        }
        records.append(record)
        return record.id
    }

    func set(_ id: RecordID, _ field: String, _ value: Value) {
        let index = records.firstIndex { $0.id == id }!
        last += 1
        let kind = AssistanceSchema.current.kind(records[index].kind)!
        records[index].assign(value, to: FieldKey(field: field), in: kind)
        records[index].seq = last
    }

    /// Everything is of another place.
    func move(to scope: Scope) {
        for index in records.indices { records[index].scope = scope }
    }

    func remove(_ kind: String) { records.removeAll { $0.kind == kind } }

    func later(days: Int) { now = Instant(milliseconds: now.milliseconds + Int64(days) * 86_400_000) }

    func record(_ id: RecordID, kind: KindSchema) throws -> Record? {
        records.first { $0.id == id && $0.kind == kind.name }
    }

    func dependents(of record: Record) throws -> [Record] {
        let fields = AssistanceSchema.current.dependents(of: record.kind)
        return records.filter { child in
            fields.contains { $0.kind.name == child.kind && child.value($0.field, in: $0.kind).recordID == record.id }
        }
    }

    var file: CaseFile {
        get throws {
            let record = records.first { $0.id == application }!
            return try CaseFile(record, in: self, at: now, shelf: shelf)!
        }
    }

    /// The codes of the rules that a step is refused by; none when it may be taken.
    func refusals(_ move: String, by role: Role? = .leader) throws -> [String] {
        let file = try file
        switch file.machine!.judge(move, from: file.status!, by: role, in: file) {
        case .success: return []
        case .failure(let refused): return refused.refusal.reasons.map(\.rule.code)
        }
    }

    /// Takes a step that must be allowed.
    func take(_ move: String, by role: Role = .leader) throws {
        let file = try file
        let row = try file.machine!.judge(move, from: file.status!, by: role, in: file).get()
        add(
            "case_move",
            [
                "move": .text(move), "from": .text(file.status!.rawValue), "to": .text(row.to.rawValue),
                "role": .text(role.rawValue), "at": .time(now),
            ])
        set(application, "status", .text(row.to.rawValue))
    }

    // MARK: - The papers of a usual case

    func authorise(validFor days: Int? = nil) {
        add(
            "authorisation",
            ["signer": .text("张三"), "signed_at": day(0), "valid_to": days.map { day($0) } ?? .null])
        add("commitment", ["signer": .text("张三"), "signed_at": day(0)])
    }

    func report(_ verdict: String = "conforming", validFor days: Int = 90) {
        let request = add("check_request", ["requested_at": .time(now)])
        add(
            "check_report",
            [
                "request": .text(request.description), "verdict": .text(verdict), "valid_to": day(days),
                "issued_on": day(0), "members": .list([member.description]),
            ])
    }

    func visit() { add("visit", ["when": .time(now), "surveyors": .list(["李", "王"])]) }

    func decide(_ result: String, fen: Int64? = 32_000) {
        add(
            "decision",
            [
                "result": .text(result), "amount_fen": fen.map(Value.int64) ?? .null, "basis": .text("年收入 9600 元"),
                "signatories": .list(["李", "王"]), "role": .text("leader"), "decided_on": day(0),
            ])
    }

    /// The letter of the change that was decided last, written and delivered today.
    @discardableResult func tell() -> RecordID {
        let decision = records.last { $0.kind == "decision" }!
        return add(
            "notice",
            [
                "kind": .text("adjustment"), "from": day(0), "delivered_on": day(0),
                "decision": .text(decision.id.description),
            ])
    }

    @discardableResult func post() throws -> RecordID {
        let to = try Deadline(of: Term(7, .calendarDays), from: .day(now.day)).due.day
        return add(
            "notice",
            [
                "kind": .text("publicity"), "place": .text("村委会公开栏"), "from": day(0), "to": .date(to),
                "hotline": .text("0632-7712345"), "posted_evidence": .list(["照片"]),
            ])
    }

    /// 低保 up to its approval.
    func approved() throws {
        authorise()
        try take("authorise")
        try take("prepare")
        report()
        visit()
        try take("accept")
        try take("review")
        decide("approved")
        try take("approve")
    }

    /// 低保 up to its payment.
    func inPayment() throws {
        try approved()
        try post()
        try take("publicise")
        later(days: 12)
        try take("take_effect")
        add("bank_account", ["number": .text("62220202")])
        try take("pay")
    }
}

extension PolicyShelf {
    /// With packs that no key was asked about.
    func adding(_ more: [PolicyPack]) -> PolicyShelf { PolicyShelf(packs: packs + more, findings: findings) }
}

/// SplitMix64: the same walk for the same seed.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
