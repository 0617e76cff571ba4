import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct ExportPlanCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "plan",
            abstract: L("月度救助支出计划（CSV），按冻结的名册", "The monthly spending plan (CSV) of a frozen roll"),
            discussion: L(
                "金额与发放文件逐分一致，不一致时不予编制。编制后报区财政，拨付用 payments allocate 登记。",
                "It comes to the fen to what the pay file pays; it is refused where it does not. What 区财政 allocates is recorded with payments allocate."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("月份，如 2026-12", "The month, e.g. 2026-12"))) var month: String
    @Argument(help: ArgumentHelp(L("文件名", "The file"))) var file: String
    @Option(help: ArgumentHelp(L("只要某一批", "One batch only"))) var batch: Int64?
    @Option(help: ArgumentHelp(L("应拨付日期，默认按政策", "To be allocated by; default: what the policy says"))) var due: String?
    @Flag(help: ArgumentHelp(L("覆盖已有的文件", "Overwrite a file that is there"))) var force = false

    func run() throws {
        let (month, due) = (try Month(parsing: month), try due.map { try CalendarDay(typed: $0) })
        let desk = PlanDesk(township: try options.township())
        try PrintedFile(output: file, isForced: force).check(file)
        let earlier = try desk.issued(month)
        let act = self.desk.act(reason: "", intent: .record, now: desk.township.clock())
        let (plan, id) = try desk.issue(month, batch: batch, due: due, act: act) {
            try SecretFile.write($0.csv, to: file)
        }
        Diagnostics.warn(earlier.map(Self.warning))
        let money = plan.plan
        options.output.write(
            .object([
                ("id", .string(id.description)), ("file", .string(file)), ("month", .string(month.description)),
                ("batch", batch.map(JSONValue.int) ?? .null), ("lines", .int(Int64(money.lines))),
                ("amountFen", .int(money.amountFen)), ("arrearsFen", .int(money.arrearsFen)),
                ("recoveryFen", .int(money.recoveryFen)), ("totalFen", .int(money.totalFen)),
                ("due", (due ?? plan.due).map { .string($0.description) } ?? .null),
                ("rows", MoneyTable.json(plan.table, plan.rows)), ("earlier", .int(Int64(earlier.count))),
            ]),
            text: L("已编制 \(month) 支出计划 \(id)：\(file)", "The plan of \(month), \(id), written to \(file)") + "\n"
                + MoneyTable.text(plan.table, plan.rows))
    }

    private static func warning(_ plan: Linked) -> Finding {
        let (at, by) = (plan.time("issued_at").map(PlainText.of) ?? "", plan.text("issued_by") ?? "")
        let total = Yuan.text(plan.number("total_fen") ?? 0)
        return Finding(
            .warning,
            Label(
                zh: "这个月的支出计划已由 \(by) 于 \(at) 编制过（\(total) 元），重报请告知区财政",
                en:
                    "a plan of this month was issued by \(by) at \(at) (\(total) yuan): tell 区财政 that this one replaces it"
            ))
    }
}

/// `payments …`: what 区财政 and the bank say.
struct PaymentsAllocateCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "allocate", abstract: L("登记区财政拨付", "Record what 区财政 allocated to a plan"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("支出计划编号", "The plan's id"))) var plan: String
    @Option(help: ArgumentHelp(L("拨付日期", "The day"))) var on: String
    @Option(help: ArgumentHelp(L("金额（元）", "The amount in yuan"))) var amount: String
    @Option(help: ArgumentHelp(L("只拨某个项目", "Of one programme only"))) var programme: String?
    @Option(help: ArgumentHelp(L("拨付文号", "The document's number"))) var document: String?

    func run() throws {
        let township = try options.township()
        let act = desk.act(reason: "", intent: .record, now: township.clock())
        let (made, id, seq) = try PlanDesk(township: township).allocate(
            plan, programme: try programme.map(Programme.init(parsing:)), on: try CalendarDay(typed: on),
            fen: try MoneyArgument.fen(amount), document: document, act: act)
        let late =
            switch made.isLate {
            case true?: L("，迟于计划写明的日期", ", later than the plan says")
            case false?: L("，按时", ", in time")
            case nil: ""
            }
        options.output.write(
            .object([
                ("id", .string(id.description)), ("kind", .string("allocation")), ("seq", .int(Int64(seq))),
                ("amountFen", JSONValue(made.record.value("amount_fen"))),
                ("late", made.isLate.map(JSONValue.bool) ?? .null),
            ]), text: L("已登记拨付 \(id)", "Recorded \(id)") + late)
    }
}
