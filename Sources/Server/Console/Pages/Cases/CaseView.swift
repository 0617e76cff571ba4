import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// What the page of a case shows, read on one snapshot.
struct CaseView: Sendable {
    let request: ConsoleRequest
    let seq: Seq
    let file: CaseFile
    let steps: [CaseStep]
    /// Who wrote a record below the case first.
    let authors: [RecordID: String]
    /// By today's policy and the facts of now; `nil` where nothing can be calculated.
    let calculation: Calculation?
    /// Why nothing could be.
    let findings: [Finding]
    /// Names of persons by id.
    let names: [String: String]
    /// What the household was told at its last visit.
    let trial: VisitTrialRecord?
    let archive: CaseArchive?
    /// Files by the record that they belong to.
    let attachments: [RecordID: [Attachment]]
    /// Open conflicts in the household: it is held out of payment.
    let conflicts: Int

    /// Kinds of which the page says who wrote them.
    private static let signed = [
        "decision", "check_request", "check_report", "notice", "objection", "democratic_review", "authorisation",
        "commitment", "case_request", "trip", "supervisor_note",
    ]

    init(
        _ id: RecordID, in database: Database, of township: Township, seq: Seq, request: ConsoleRequest
    ) throws {
        let records = try CaseReader(township, in: database)
        let file = try records.file(id.description, at: request.now)
        self.request = request
        self.seq = seq
        self.file = file
        let papers = Self.signed.flatMap { file.all($0) } + file.ofHousehold("visit")
        var authors: [RecordID: String] = [:]
        for paper in papers { authors[paper.record.id] = try records.author(of: paper.record.id) }
        self.authors = authors
        steps = file.steps(by: request.person.role) { authors[$0.record.id] == request.person.author }
        attachments = try Self.attachments(of: papers + [file.application], in: records)
        let reading = try file.householdID.map { try records.calculationReading(of: $0) }
        names = reading?.names ?? [:]
        (calculation, findings) = try Self.calculation(of: file, reading, shelf: records.shelf)
        trial = file.programme.flatMap { programme in
            VisitTrialRecord.latest(of: programme, in: file.ofHousehold("visit").map(\.record))
        }
        archive = try Self.archive(file, in: records, of: township)
        let facts = (reading?.records.map(\.id) ?? []) + [file.home?.record.id].compactMap(\.self)
        conflicts = try facts.reduce(0) { try $0 + records.tables.openConflicts(of: $1, in: database).count }
    }

    private static func attachments(
        of papers: [Linked], in records: CaseReader
    ) throws -> [RecordID: [Attachment]] {
        var found: [RecordID: [Attachment]] = [:]
        for paper in papers {
            let files = try records.dependents(of: paper.record).compactMap { Attachment($0) }
            if !files.isEmpty { found[paper.record.id] = files }
        }
        return found
    }

    private static func calculation(
        of file: CaseFile, _ reading: CalculationInput.Reading?, shelf: PolicyShelf
    ) throws -> (Calculation?, [Finding]) {
        guard let programme = file.programme, let reading else { return (nil, []) }
        do {
            let request = try CalculationRequest(programme: programme.rawValue, on: nil, today: file.today)
            switch try request.calculate(reading, pack: try shelf.pack(on: file.today)) {
            case .calculated(let result): return (result, result.findings)
            case .incomplete(let findings): return (nil, findings)
            }
        } catch let problem as Problem where problem.code == .missingParameter {
            let failure = Failure(problem)
            return (nil, [Finding(.error, Label(zh: failure.message, en: failure.message))])
        }
    }

    private static func archive(
        _ file: CaseFile, in records: CaseReader, of township: Township
    ) throws -> CaseArchive? {
        guard let home = file.home, let pack = try file.pack ?? records.shelf.pack(on: file.today) as PolicyPack? else {
            return nil
        }
        let identity = township.identity
        let subject = try DocumentSubject(
            household: home.record, file: file, pack: pack,
            office: .init(name: identity.name, region: identity.region), in: records)
        return CaseArchive(subject)
    }

    // MARK: - What pages ask

    var id: String { file.application.record.id.description }
    var isWorker: Bool { Permission.work.isGiven(to: request.person.role) }

    func link(_ parts: String...) -> Link { Link(["cases", id] + parts) }

    func author(of record: Linked) -> String { authors[record.record.id] ?? "-" }

    /// The person whom the case is about, or the head of the household.
    var person: Linked? { file.applicant ?? file.head }

    /// The amount due by the calculation, in fen.
    var dueFen: Int64? { calculation.flatMap { CaseDecision(of: file, by: $0).dueFen } }

    /// Relief comes first and is recorded with its receipt (R34).
    var awaitsRelief: Bool { isWorker && file.programme == .reliefUrgent && file.status == .reported }

    var isRelief: Bool { file.programme == .reliefExpense || file.programme == .reliefUrgent }
}
