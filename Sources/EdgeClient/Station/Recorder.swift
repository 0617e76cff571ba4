import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// Records what a person types: single records, or documents from another program.
struct Recorder {
    let station: Station
    let author: String
    let reason: String

    private var schema: Schema { station.replica.tables.schema }
    private var context: RuleContext { RuleContext(today: station.clock().day) }

    func kind(_ name: String) throws -> KindSchema {
        guard let kind = schema.kind(name) else { throw Problem(.unknownKind, name) }
        return kind
    }

    func record(_ text: String) throws -> (Record, KindSchema) {
        try station.replica.read { try $0.known(text) }
    }

    /// `field=value` of a command line; a household is named by its number as well as by its id.
    func writes(_ fields: [String], kind: KindSchema) throws -> [FieldWrite] {
        let name = householdKind.name
        return try fields.map { field in
            let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[0] == name, kind.field(name)?.type == .reference, RecordID(parts[1]) == nil
            else { return try FieldAssignment.parse(field, kind: kind) }
            let household = try station.replica.read { try $0.household(named: parts[1]) }
            return try FieldAssignment.parse("\(name)=\(household.id)", kind: kind)
        }
    }

    func create(kind: KindSchema, writes: [FieldWrite]) throws -> (recorded: Recorded, warnings: [Finding]) {
        try commit([Draft(kind: kind, record: newID(), operation: .create, writes: writes)])
    }

    func edit(
        _ record: Record, kind: KindSchema, writes: [FieldWrite]
    ) throws -> (recorded: Recorded, warnings: [Finding]) {
        try commit([Draft(kind: kind, record: record.id, operation: .edit, writes: writes)])
    }

    func commit(_ drafts: [Draft]) throws -> (recorded: Recorded, warnings: [Finding]) {
        let (number, warnings) = try station.capture(drafts, author: author, reason: reason)
        return (Recorded(id: drafts[0].record, kind: drafts[0].kind.name, set: number), warnings)
    }

    // MARK: - Documents

    /// Each document becomes a record and a set of its own; all are committed, or none.
    func create(_ documents: [JSONValue], kind: String?) throws -> (recorded: [Recorded], warnings: [Finding]) {
        try capture(documents) { document in
            let (name, fields) = try Self.parts(document, given: kind)
            let kind = try self.kind(name)
            guard !kind.isSystem else { throw Problem(.systemKind, name) }
            let id = try document["id"].map { value -> RecordID in
                guard let id = value.text.flatMap({ RecordID($0) }) else { throw Problem(.badDocument, "id") }
                return id
            }
            return Draft(
                kind: kind, record: id ?? newID(), operation: .create,
                writes: try FieldAssignment.parse(fields, kind: kind))
        }
    }

    func edit(_ documents: [JSONValue], id: String?) throws -> (recorded: [Recorded], warnings: [Finding]) {
        try capture(documents) { document in
            guard let text = id ?? document["id"]?.text else { throw Problem(.badDocument, "id") }
            let (record, kind) = try self.record(text)
            let fields = document["fields"] ?? document
            return Draft(
                kind: kind, record: record.id, operation: .edit, writes: try FieldAssignment.parse(fields, kind: kind))
        }
    }

    /// `{"kind": …, "fields": {…}}`, or with the kind given the bare fields.
    private static func parts(_ document: JSONValue, given kind: String?) throws -> (String, JSONValue) {
        if let fields = document["fields"] {
            guard let name = kind ?? document["kind"]?.text else { throw Problem(.badDocument, "kind") }
            return (name, fields)
        }
        guard let kind else { throw Problem(.badDocument, "fields") }
        return (kind, document)
    }

    private func capture(
        _ documents: [JSONValue], draft: (JSONValue) throws -> Draft
    ) throws -> (recorded: [Recorded], warnings: [Finding]) {
        guard !documents.isEmpty else { throw Problem(.badDocument) }
        let drafts = try documents.enumerated().map { index, document in
            do {
                return try draft(document)
            } catch let problem as Problem {
                guard documents.count > 1 else { throw problem }
                throw Problem(
                    problem.code, "\(index + 1): \(problem.subject)", explanation: problem.explanation,
                    hint: Label(
                        zh: "第 \(index + 1) 个文档有错，全部没有保存；改正后整批再来一次。",
                        en: """
                            Document \(index + 1) is wrong and none was saved; correct it and give all of them again.
                            """))
            }
        }
        try station.checkFreeSpace()
        let now = station.clock()
        return try station.replica.write { transaction in
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: now.day))
            var recorded: [Recorded] = []
            var warnings: [Finding] = []
            for draft in drafts {
                let act = Capture<ReplicaTransaction>.Act(
                    author: author, reason: reason, observedOn: Station.visitDay(of: [draft]), now: now)
                try transaction.checkProofRequests([draft], at: now)
                let (sealed, found) = try capture.commit(
                    try transaction.withDeaths([draft], at: now), act: act, codec: station.codec)
                recorded.append(Recorded(id: draft.record, kind: draft.kind.name, set: sealed?.set.number))
                warnings += found + (try transaction.caseFindings(of: [draft], at: now))
            }
            warnings += try transaction.elsewhere(drafts)
            return (recorded, warnings)
        }
    }

    func newID() -> RecordID {
        var random = SystemRandomNumberGenerator()
        return .v7(milliseconds: station.clock().milliseconds, using: &random)
    }
}
