import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct TasksCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "tasks",
            abstract: L("本站要办的事，按到期日排列（不需要网络）", "What this station has to do, by due date; no network needed"),
            discussion: L(
                "入户调查、复核、生存认证、公示张贴和撤下、告知书送达、补签字、异议上报、被退回的变更。",
                "Surveys, rechecks, alive checks, notices to post and take down, letters, signatures, objections, refused changes."
            ))
    }

    @OptionGroup var options: StationOptions
    @Flag(help: ArgumentHelp(L("只列已超期的", "Only what is late"))) var late = false

    func run() throws {
        let station = try options.station()
        let now = station.clock()
        let tasks = try station.replica.read { try Self.tasks(in: $0, at: now) }
        let listed = DueTask.inOrder(tasks).filter { !late || $0.isLate(at: now) }
        options.output.write(
            list: "tasks", documents: listed.map { $0.document(at: now, text: $0.kind.label.text()) },
            columns: DueTask.columns.map { $0.text() }, rows: listed.map { $0.row(at: now).map { $0.text() } },
            empty: L("没有要办的事", "Nothing to do"))
    }

    private static func tasks(in transaction: ReplicaTransaction, at now: Instant) throws -> [DueTask] {
        let records = StationRecords(transaction: transaction)
        let files = try records.files(at: now)
        let ofCases = files.flatMap(\.tasks).filter(\.kind.isVillage)
        let objections = files.flatMap { file in
            file.all("objection").filter { $0.record.seq == 0 }.map { unsent in
                DueTask(
                    .bringInObjection, due: .day(file.postedThrough ?? now.day), village: file.application.record.scope,
                    household: file.householdID, number: file.home?.text("number"),
                    application: file.application.record.id, programme: file.programme,
                    subject: unsent.record.id.description)
            }
        }
        let village = try transaction.position().scopes.first ?? Scope("")
        let refused = try transaction.outboxSets(OutboxFilter(.refused)).map { set in
            DueTask(
                .repairRefused, due: .day(set.sealed.set.time.instant.day), village: village,
                subject: String(set.sealed.set.number))
        }
        let visits = try transaction.visitDrafts().map { draft in
            let home = try householdRecord(draft.household, in: transaction)
            return DueTask(
                .finishVisit, due: .day(draft.startedAt.day), village: home?.scope ?? village,
                household: draft.household,
                number: home?.text("number"))
        }
        return ofCases + objections + refused + visits + (try questions(in: transaction))
    }

    /// What the township asks and nobody has answered.
    private static func questions(in transaction: ReplicaTransaction) throws -> [DueTask] {
        try transaction.tables.all(of: questionKind, where: [("answer", .null)], in: transaction.database)
            .compactMap(Linked.init).map { question in
                let home = try question.value("household").recordID.flatMap {
                    try householdRecord($0, in: transaction)
                }
                return DueTask(
                    .answerQuestion, due: .day(question.day("asked_on") ?? CalendarDay(daysSinceEpoch: 0)),
                    village: question.record.scope, household: question.value("household").recordID,
                    number: home?.text("number"), subject: question.record.id.description)
            }
    }

    private static func householdRecord(
        _ id: RecordID, in transaction: ReplicaTransaction
    ) throws -> (scope: Scope, text: (String) -> String?)? {
        guard let kind = transaction.schema.kind("household"), let record = try transaction.working(id, kind: kind)
        else {
            return nil
        }
        return (record.scope, { record.value($0, in: kind).text })
    }
}
