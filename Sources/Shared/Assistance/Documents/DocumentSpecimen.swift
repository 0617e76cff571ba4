import SyncEngine

/// The one household from which every template's hash is made.
extension DocumentSubject {
    static let specimen: DocumentSubject = {
        let records = SpecimenRecords()
        let household = records.root
        guard let application = records.application,
            let file = try? CaseFile(application, in: records, at: SpecimenRecords.at, shelf: .included),
            let subject = try? DocumentSubject(
                household: household, file: file, pack: .yicheng2020,
                office: Office(name: "样本镇", region: Scope("370404000")), in: records)
        else { preconditionFailure("specimen") }  // constants of this program
        return subject
    }()
}

/// Records in memory, with a value in every field that a document may print.
private struct SpecimenRecords: LinkedRecords {
    static let at = Instant(milliseconds: 1_772_413_200_000)
    private static let day = Value.date(at.day)
    private static func id(_ number: UInt64) -> RecordID { RecordID(high: 0, low: number) }

    let records: [Record]

    init() {
        let (home, person, case_) = (Self.id(1).description, Self.id(2).description, Self.id(3).description)
        func text(_ value: String) -> Value { .text(value) }
        records = [
            Self.record(1, "household", ["address": text("样本路 1 号"), "head": text(person), "number": text("001")]),
            Self.record(
                2, "member", ["household": text(home), "name": text("样本"), "id_number": text("11010519491231002X")]),
            Self.record(
                3, "application",
                [
                    "household": text(home), "programme": text("dibao"), "applied_at": .time(Self.at),
                    "reason": text("样本"), "proxy": text("样本"),
                ]),
            Self.record(4, "authorisation", ["application": text(case_), "signer": text("样本"), "signed_at": Self.day]),
            Self.record(5, "commitment", ["application": text(case_), "signer": text("样本"), "signed_at": Self.day]),
            Self.record(
                6, "income_item",
                ["household": text(home), "type": text("10"), "amount_fen": .int64(100), "period": text("month")]),
            Self.record(7, "expense_item", ["household": text(home), "type": text("02"), "amount_fen": .int64(100)]),
            Self.record(8, "property_item", ["household": text(home), "type": text("deposit")]),
            Self.record(9, "supporter", ["household": text(home), "name": text("样本")]),
            Self.record(
                10, "visit", ["household": text(home), "when": .time(Self.at), "surveyors": .list(["样", "本"])]),
            Self.record(11, "check_report", ["application": text(case_), "verdict": text("conforming")]),
            Self.record(
                12, "case_move", ["application": text(case_), "move": text("accept"), "at": .time(Self.at)]),
            Self.record(
                13, "decision",
                [
                    "application": text(case_), "result": text("approved"), "amount_fen": .int64(100),
                    "basis": text("样本"), "signatories": .list(["样本"]),
                    "calculation": text(#"{"lines": [{"zh": "样本", "amount": "1.00", "law": "样本"}]}"#),
                ]),
            Self.record(
                14, "notice", ["application": text(case_), "kind": text("publicity"), "from": Self.day, "to": Self.day]),
            Self.record(15, "objection", ["application": text(case_), "text": text("样本"), "at": Self.day]),
            Self.record(
                16, "democratic_review",
                ["application": text(case_), "objection": text(Self.id(15).description), "result": text("upheld")]),
            Self.record(17, "payment", ["application": text(case_), "amount_fen": .int64(100), "means": text("cash")]),
        ]
    }

    var root: Record { records[0] }
    var application: Record? { records.first { $0.kind == "application" } }

    private static func record(_ number: UInt64, _ kindName: String, _ fields: [String: Value]) -> Record {
        guard let kind = AssistanceSchema.current.kind(kindName) else { preconditionFailure(kindName) }
        var record = Record(id: id(number), kind: kind, scope: Scope("370404000001"), seq: number)
        for (name, value) in fields { record.assign(value, to: FieldKey(field: name), in: kind) }
        return record
    }

    func record(_ id: RecordID, kind: KindSchema) throws -> Record? {
        records.first { $0.id == id && $0.kind == kind.name }
    }

    func dependents(of record: Record) throws -> [Record] {
        let fields = AssistanceSchema.current.dependents(of: record.kind)
        return records.filter { child in
            fields.contains { $0.kind.name == child.kind && child.value($0.field, in: $0.kind).recordID == record.id }
        }
    }
}
