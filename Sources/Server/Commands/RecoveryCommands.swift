import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct RecoveryCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "recovery",
            abstract: L("多发款的追回：查找、提出、决定、抵扣、退回", "Money paid too much: found, claimed, decided, withheld, paid back"),
            subcommands: [
                RecoveryLikelyCommand.self, RecoveryListCommand.self, RecoveryProposeCommand.self,
                RecoveryDecideCommand.self, RecoveryOffsetCommand.self, RecoveryReceiveCommand.self,
            ])
    }
}

struct RecoveryLikelyCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "likely",
            abstract: L(
                "可能多发的：死亡、停发、调低之后的月份", "What was likely paid too much: months after a death, a stop, a reduction"))
    }

    @OptionGroup var options: TownshipOptions

    func run() throws {
        let found = try RecoveryDesk(township: try options.township()).likely()
        var table = TextTable([
            L("申请", "Case"), L("发放编号", "Line"), L("月份", "Month"), L("原因", "Cause"), L("最多（元）", "At most (yuan)"),
            L("已提出追回", "Claimed"),
        ])
        for (file, over) in found {
            table.add([
                file.application.record.id.description, over.line.record.id.description, over.line.text("month") ?? "",
                over.cause.label.text(), Yuan.text(over.fen), over.isClaimed ? L("是", "yes") : "",
            ])
        }
        options.output.write(
            .object([
                (
                    "overpayments",
                    .array(
                        found.map { file, over in
                            .object([
                                ("application", .string(file.application.record.id.description)),
                                ("programme", file.programme.map { .string($0.rawValue) } ?? .null),
                                ("payment", .string(over.line.record.id.description)),
                                ("month", JSONValue(over.line.value("month"))), ("cause", .string(over.cause.rawValue)),
                                ("amountFen", .int(over.fen)), ("claimed", .bool(over.isClaimed)),
                                ("paid", .bool(!over.line.value("paid_at").isNull)),
                            ])
                        })
                ), ("count", .int(Int64(found.count))),
            ]), text: found.isEmpty ? L("没有", "None") : table.text)
    }
}

struct RecoveryListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: L("追回记录", "What is claimed back"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("申请编号；默认全部", "A case's id; default: all"))) var application: String?

    func run() throws {
        let entries = try RecoveryDesk(township: try options.township()).list(application)
        options.output.write(
            .object([("recoveries", .array(entries.map(\.document))), ("count", .int(Int64(entries.count)))]),
            text: entries.isEmpty ? L("没有追回", "Nothing is claimed back") : entries.map(\.text).joined(separator: "\n"))
    }
}

struct RecoveryProposeCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "propose", abstract: L("提出追回，由另一人决定", "Claim money back; another person decides"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("申请编号", "The case's id"))) var application: String
    @Option(
        name: .customLong("line"),
        help: ArgumentHelp(L("多发的发放编号，可写多个", "Id of a line that paid too much; may be repeated")))
    var lines: [String]
    @Option(
        help: ArgumentHelp(
            L("death 死亡、stopped 停发、reduced 调低、false_facts 虚报、other 其他", "death, stopped, reduced, false_facts or other")
        ))
    var cause: String
    @Option(help: ArgumentHelp(L("金额（元）", "The amount in yuan"))) var amount: String
    @Option(help: ArgumentHelp(L("每期金额（元）", "Each instalment in yuan"))) var instalment: String?
    @Option(help: ArgumentHelp(L("理由", "Why"))) var reason: String

    func run() throws {
        guard let cause = MoneyKinds.Cause(rawValue: cause) else {
            throw Problem(
                .badValue, cause,
                explanation: Label(
                    zh: "原因是 death、stopped、reduced、false_facts 或 other",
                    en: "The cause is death, stopped, reduced, false_facts or other"))
        }
        let township = try options.township()
        let act = desk.act(
            reason: try MoneyArgument.said(reason, "--reason"), intent: .record, now: township.clock())
        let claim = RecoveryDesk.Claim(
            lines: lines, cause: cause, amountFen: try MoneyArgument.fen(amount),
            instalmentFen: try instalment.map { try MoneyArgument.fen($0) })
        let entry = try RecoveryDesk(township: township).propose(application, claim, act: act)
        options.output.write(entry.document, text: entry.text)
    }
}

struct RecoveryDecideCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "decide", abstract: L("决定是否追回；提出人不能决定", "Decide a claim; who proposed it does not"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("追回编号", "The claim's id"))) var id: String
    @Argument(help: ArgumentHelp(L("approved 同意、rejected 不同意", "approved or rejected"))) var decision: String
    @Option(help: ArgumentHelp(L("理由", "Why"))) var reason: String

    func run() throws {
        guard ["approved", "rejected"].contains(decision) else {
            throw Problem(
                .badValue, decision,
                explanation: Label(zh: "决定是 approved 或 rejected", en: "The decision is approved or rejected"))
        }
        let township = try options.township()
        let act = desk.act(
            reason: try MoneyArgument.said(reason, "--reason"), intent: .record, now: township.clock())
        let entry = try RecoveryDesk(township: township).decide(id, isApproved: decision == "approved", act: act)
        options.output.write(entry.document, text: entry.text)
    }
}

struct RecoveryOffsetCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "offset",
            abstract: L("从已冻结、未报送的一笔中抵扣", "Withhold from a frozen line that is not handed in yet"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("追回编号", "The claim's id"))) var id: String
    @Option(help: ArgumentHelp(L("从哪一笔抵扣：发放编号", "Id of the line it is withheld from"))) var line: String
    @Option(
        help: ArgumentHelp(L("金额（元）；默认一期，或全部余额", "The amount in yuan; default: an instalment, else all that is out")))
    var amount: String?
    @Option(help: ArgumentHelp(L("理由", "Why"))) var reason: String

    func run() throws {
        let township = try options.township()
        let act = desk.act(
            reason: try MoneyArgument.said(reason, "--reason"), intent: .record, now: township.clock())
        let entry = try RecoveryDesk(township: township).withhold(
            id, from: line, fen: try amount.map { try MoneyArgument.fen($0) }, act: act)
        options.output.write(entry.document, text: entry.text)
    }
}

struct RecoveryReceiveCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "receive", abstract: L("登记退回的款项", "Record what was paid back"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("追回编号", "The claim's id"))) var id: String
    @Option(help: ArgumentHelp(L("金额（元）", "The amount in yuan"))) var amount: String
    @Option(help: ArgumentHelp(L("日期", "The day"))) var on: String
    @Option(help: ArgumentHelp(L("cash 现金、transfer 转账", "cash or transfer"))) var means = "cash"
    @Option(help: ArgumentHelp(L("凭证", "The receipt"))) var receipt: String?

    func run() throws {
        guard let means = MoneyKinds.Means(rawValue: means), means != .offset else {
            throw Problem(
                .badValue, means, explanation: Label(zh: "方式是 cash 或 transfer", en: "The means are cash or transfer"))
        }
        let township = try options.township()
        let act = desk.act(reason: receipt ?? "", intent: .record, now: township.clock())
        let entry = try RecoveryDesk(township: township).receive(
            id, means, fen: try MoneyArgument.fen(amount), on: try CalendarDay(typed: on), receipt: receipt, act: act)
        options.output.write(entry.document, text: entry.text)
    }
}

extension RecoveryDesk.Entry {
    /// `id`, `application`, `programme`, `state`, `cause`, `amountFen`, `recoveredFen`, `outstandingFen`, `items`, ….
    var document: JSONValue {
        func value(_ key: String, _ field: String) -> (String, JSONValue) { (key, JSONValue(recovery.value(field))) }
        return .object([
            ("id", .string(recovery.record.id.description)), value("application", "application"),
            ("programme", file.programme.map { .string($0.rawValue) } ?? .null), ("state", .string(state.rawValue)),
            value("cause", "cause"), value("lines", "lines"), value("amountFen", "amount_fen"),
            value("instalmentFen", "instalment_fen"), ("recoveredFen", .int(recoveredFen)),
            ("outstandingFen", .int(outstandingFen)), value("reason", "reason"), value("proposedBy", "proposed_by"),
            value("decision", "decision"), value("decidedBy", "decided_by"),
            value("decisionReason", "decision_reason"),
            (
                "items",
                .array(
                    items.map { item in
                        .object([
                            ("id", .string(item.record.id.description)), ("means", JSONValue(item.value("means"))),
                            ("payment", JSONValue(item.value("payment"))),
                            ("amountFen", JSONValue(item.value("amount_fen"))), ("on", JSONValue(item.value("on"))),
                        ])
                    })
            ),
        ])
    }

    private var recoveredFen: Int64 { items.reduce(0) { $0 + ($1.number("amount_fen") ?? 0) } }

    var text: String {
        let cause = recovery.text("cause").flatMap(MoneyKinds.Cause.init)?.label.text() ?? ""
        let total = Yuan.text(recovery.number("amount_fen") ?? 0)
        return "\(recovery.record.id)  \(state.label.text())  \(cause)  "
            + L(
                "应追回 \(total) 元，已追回 \(Yuan.text(recoveredFen)) 元，尚余 \(Yuan.text(outstandingFen)) 元",
                "\(total) yuan, \(Yuan.text(recoveredFen)) recovered, \(Yuan.text(outstandingFen)) out")
    }
}
