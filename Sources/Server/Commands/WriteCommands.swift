import ArgumentParser
import CommandSupport
import RecordStore
import SyncEngine

struct NewCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "new", abstract: L("新建记录：决定、评议、发放等", "Create a record: a decision, a review, a payment"),
            discussion: L(
                "例：ruhu-server new decision application=编号 result=approved amount_fen=32000 basis=… signatories=李,王",
                "Example: ruhu-server new decision application=ID result=approved amount_fen=32000 basis=… signatories=A,B"
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Option(help: ArgumentHelp(L("原因", "Why"))) var reason: String?
    @Argument(help: ArgumentHelp(L("记录种类", "Kind of record"))) var kind: String
    @Argument(help: ArgumentHelp(L("字段=值 …", "field=value …"))) var fields: [String] = []

    func run() throws {
        let township = try options.township()
        let kind = try township.database.tables.schema.known(kind: kind)
        if let command = OwnCommand.toMake[kind.name] ?? OwnCommand.toChange[kind.name] {
            throw Problem(.systemKind, command)
        }
        let now = township.clock()
        let draft = Draft(
            kind: kind, record: Township.newID(at: now), operation: .create,
            writes: try fields.map { try FieldAssignment.parse($0, kind: kind, isDesk: true) })
        // What a roll pays was frozen with it.
        if kind.name == "payment", draft.writes.contains(where: { $0.field == "roll" }) {
            throw Problem(.systemKind, "ruhu-server roll freeze")
        }
        let act = desk.act(reason: reason ?? "", intent: .record, now: now)
        let seq = try CaseDesk(township: township).add(draft, act: act)
        Diagnostics.warn(try township.findings(of: draft))
        options.output.write(recordedAtDesk: draft, seq: seq)
    }
}

struct EditCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "edit", abstract: L("修改记录", "Change a record"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Option(help: ArgumentHelp(L("原因", "Why"))) var reason: String?
    @Argument(help: ArgumentHelp(L("记录编号", "The record's id"))) var id: String
    @Argument(help: ArgumentHelp(L("字段=值 …", "field=value …"))) var fields: [String]

    func run() throws {
        let township = try options.township()
        let tables = township.database.tables
        let found = try RecordID(id).flatMap { id in try township.database.read { try tables.record(id, in: $0) } }
        guard let (record, kind) = found else { throw Problem(.unknownRecord, id) }
        if let command = OwnCommand.toChange[kind.name] { throw Problem(.systemKind, command) }
        let draft = Draft(
            kind: kind, record: record.id, operation: .edit,
            writes: try fields.map { try FieldAssignment.parse($0, kind: kind, isDesk: true) })
        let act = desk.act(reason: reason ?? "", intent: .record, now: township.clock())
        let seq = try CaseDesk(township: township).add(draft, act: act)
        Diagnostics.warn(try township.findings(of: draft))
        options.output.write(recordedAtDesk: draft, seq: seq)
    }
}

struct UndeleteCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "undelete", abstract: L("恢复一条已删除的记录", "Bring a deleted record back"),
            discussion: L(
                "同一次删除一并删除的记录、以及它所属的住户和成员，一并恢复。",
                "What the same act deleted, and the household and member it belongs to, come back with it."))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Option(help: ArgumentHelp(L("理由", "Why"))) var reason: String
    @Argument(help: ArgumentHelp(L("记录编号", "The record's id"))) var id: String

    func run() throws {
        let township = try options.township()
        guard let record = RecordID(id) else { throw Problem(.unknownRecord, id) }
        guard !reason.isEmpty else { throw Problem(.reasonNeeded, "undelete") }
        let act = desk.act(reason: reason, intent: .record, now: township.clock())
        let (kind, seq) = try CaseDesk(township: township).undelete(record, act: act)
        options.output.write(
            .object([
                ("id", .string(record.description)), ("kind", .string(kind.name)), ("seq", .int(Int64(seq))),
            ]),
            text: L("已恢复 \(record)（序号 \(seq)）", "Brought back \(record) (seq \(seq))"))
    }
}

/// Kinds with a command of their own, which asks more than any field says: a signature, a training, a number.
private enum OwnCommand {
    /// A step is kept together with its status, a draw with its households.
    static let toMake = [
        "case_move": "ruhu-server case move", "sample_check": "ruhu-server sample draw",
        "sampled_household": "ruhu-server sample draw",
        "village": "ruhu-server villages",
        // It opens what is masked to its account: only a person who has signed in asks for it.
        "disclosure": "POST /households/{id}/disclosure",
    ]
    static let toChange = [
        "policy_pack": "ruhu-server pack", "district_key": "ruhu-server pack trust", "form": "ruhu-server form import",
        "roll": "ruhu-server roll freeze", "document": "ruhu-server document print",
        "duplicate": "ruhu-server duplicate", "check_report": "ruhu-server check import",
        "pay_file": "ruhu-server export payfile", "budget": "ruhu-server budget",
        "spending_plan": "ruhu-server export plan", "allocation": "ruhu-server payments allocate",
        "recovery": "ruhu-server recovery", "recovery_item": "ruhu-server recovery offset",
        "pay_again": "ruhu-server payments again",
    ]
}

extension Output {
    /// `id`, `kind`, `seq`.
    func write(recordedAtDesk draft: Draft, seq: Seq) {
        write(
            .object([
                ("id", .string(draft.record.description)), ("kind", .string(draft.kind.name)),
                ("seq", .int(Int64(seq))),
            ]),
            text: L("已保存 \(draft.record)（序号 \(seq)）", "Saved \(draft.record) (seq \(seq))"))
    }
}
