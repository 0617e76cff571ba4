import Assistance
import GRDB
import RecordStore
import SyncEngine

/// From a line of money back to the visit and the device that recorded what it rests on (R47: 步步能倒查).
struct PaymentTrace: Sendable {
    /// A record that the decision's calculation used, as it was then.
    struct Fact: Sendable {
        /// At the seq that the calculation names.
        let record: Linked
        /// The set that it was in then.
        let step: TraceStep?
    }

    let payment: Linked
    let application: Linked?
    /// The decision that the line was paid by: the last one before it that grants.
    let decision: Linked?
    /// What the decision keeps of its calculation.
    let calculation: JSONValue?
    let facts: [Fact]
    /// Visits of the household before the decision, the last one first.
    let visits: [(visit: Linked, step: TraceStep?)]
    let paymentStep: TraceStep?
    let decisionStep: TraceStep?
    let file: HouseholdRecords?
    /// The roll that the line was frozen with.
    let roll: Linked?
    /// The pay files of its batch, the older first.
    let payFiles: [Linked]
    /// The leader's step that followed the decision.
    let signing: Linked?

    /// Facts and visits that are walked, at most.
    private static let limit = 200
    private static let visits = 5

    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for what is no payment.
    init(_ id: RecordID, township: Township) throws {
        let tables = township.database.tables
        self = try township.database.read { database in
            try Self(
                Read(id, tables: tables, database: database), steps: TraceReader(database, tables: tables))
        }
    }

    private init(_ read: Read, steps: TraceReader) throws {
        var steps = steps
        func step(_ record: Linked) throws -> TraceStep? {
            try steps.lastStep(of: record.record.id, upTo: record.record.seq)
        }
        payment = read.payment
        application = read.application
        decision = read.decision
        calculation = read.calculation
        file = read.file
        (roll, payFiles, signing) = (read.roll, read.payFiles, read.signing)
        paymentStep = try step(read.payment)
        decisionStep = try read.decision.flatMap { try step($0) }
        facts = try read.facts.prefix(Self.limit).map { Fact(record: $0, step: try step($0)) }
        visits = try read.visits.prefix(Self.visits).map { ($0, try step($0)) }
    }

    /// What one snapshot says.
    private struct Read {
        let payment: Linked
        let application: Linked?
        let decision: Linked?
        let calculation: JSONValue?
        let facts: [Linked]
        let visits: [Linked]
        let file: HouseholdRecords?
        let roll: Linked?
        let payFiles: [Linked]
        let signing: Linked?

        init(_ id: RecordID, tables: RecordTables, database: Database) throws {
            func record(_ id: RecordID?, _ kind: String) throws -> Linked? {
                guard let id, let kind = tables.schema.kind(kind) else { return nil }
                return try tables.record(id, kind: kind, in: database).flatMap(Linked.init)
            }
            guard let payment = try record(id, "payment") else { throw Problem(.unknownRecord, id.description) }
            self.payment = payment
            application = try record(payment.value("application").recordID, "application")
            file = try application?.value("household").recordID.map {
                try HouseholdRecords($0, tables: tables, in: database)
            }
            let decided =
                try application.map { application in
                    try tables.schema.kind("decision").map {
                        try tables.all(
                            of: $0, where: [("application", .text(application.record.id.description))], in: database)
                    } ?? []
                } ?? []
            decision = decided.compactMap(Linked.init)
                .filter { $0.record.seq < payment.record.seq && $0.text("result") != "rejected" }
                .max { $0.record.seq < $1.record.seq }
            let frozen = try record(payment.value("roll").recordID, rollKind.name)
            roll = frozen
            payFiles = try Self.payFiles(of: payment, on: frozen, tables: tables, in: database)
            let steps =
                try application.map { application in
                    try tables.schema.kind("case_move").map {
                        try tables.all(
                            of: $0, where: [("application", .text(application.record.id.description))], in: database)
                    } ?? []
                } ?? []
            let decidedAt = decision?.record.seq
            signing = steps.compactMap(Linked.init).filter { step in
                step.text("role") == Role.leader.rawValue && decidedAt.map { step.record.seq > $0 } ?? false
            }.min { $0.record.seq < $1.record.seq }
            calculation = try decision?.text("calculation").flatMap {
                try JSONParser.documents(Array($0.utf8)).first
            }
            let reader = LogReader(database, tables: tables)
            facts = try Self.sources(calculation).compactMap { id, kind, seq in
                guard let kind = tables.schema.kind(kind) else { return nil }
                return try reader.record(id, kind: kind, asOf: seq).flatMap(Linked.init)
            }
            let end = decision?.record.seq ?? payment.record.seq
            visits =
                file?.all("visit").filter { $0.record.seq <= end }.sorted { $0.record.seq > $1.record.seq } ?? []
        }

        private static func payFiles(
            of payment: Linked, on roll: Linked?, tables: RecordTables, in database: Database
        ) throws -> [Linked] {
            guard let roll else { return [] }
            return try tables.all(of: payFileKind, where: [("month", roll.value("month"))], in: database)
                .compactMap(Linked.init).filter { file in
                    file.record.seq > roll.record.seq
                        && (file.value("batch").isNull || file.value("batch") == roll.value("batch"))
                        && !file.elements("left_out").contains(payment.record.id.description)
                }.sorted { $0.record.seq < $1.record.seq }
        }

        /// The records that a calculation names.
        private static func sources(_ calculation: JSONValue?) -> [(RecordID, String, Seq)] {
            guard case .array(let records)? = calculation?["records"] else { return [] }
            return records.compactMap { record in
                guard let id = record["id"]?.text.flatMap({ RecordID($0) }), let kind = record["kind"]?.text,
                    case .int(let seq)? = record["seq"], seq > 0
                else { return nil }
                return (id, kind, Seq(seq))
            }
        }
    }
}
