import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct PaymentsCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "payments",
            abstract: L("拨付、发放结果和退回", "What was allocated, paid, and returned by the bank"),
            subcommands: [
                PaymentsAllocateCommand.self, PaymentsPaidCommand.self, PaymentsReturnsCommand.self,
                PaymentsReturnCommand.self, PaymentsAgainCommand.self,
            ])
    }
}

struct PaymentsPaidCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "paid", abstract: L("登记一批已由银行发放", "Record that the bank paid a batch"),
            discussion: L(
                "登记的是发放文件列出的各笔；已退回的不计。", "What the pay file listed is marked; what came back is not."))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("月份，如 2026-12", "The month, e.g. 2026-12"))) var month: String
    @Option(help: ArgumentHelp(L("发放日期", "The day on which it was paid"))) var on: String
    @Option(help: ArgumentHelp(L("批次", "The batch"))) var batch: Int64?
    @Option(help: ArgumentHelp(L("报送银行的发放文件（pay_file）编号", "Id of the pay file that the bank has"))) var file: String?

    func run() throws {
        let township = try options.township()
        let act = desk.act(reason: "", intent: .record, now: township.clock())
        let paid = try ReturnDesk(township: township).markPaid(
            try Month(parsing: month), batch: batch, on: try CalendarDay(typed: on), file: file, act: act)
        options.output.write(
            .object([
                ("month", .string(month)), ("file", .string(paid.file.record.id.description)),
                ("lines", .int(Int64(paid.lines))), ("totalFen", .int(paid.totalFen)),
                ("seq", paid.seq.map { .int(Int64($0)) } ?? .null),
            ]),
            text: L(
                "已登记发放 \(paid.lines) 笔，\(Yuan.text(paid.totalFen)) 元",
                "\(paid.lines) lines, \(Yuan.text(paid.totalFen)) yuan, marked as paid"))
    }
}

struct PaymentsReturnsCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "returns", abstract: L("读入银行退回文件（CSV）", "Take in the bank's return file (CSV)"),
            discussion: L(
                """
                列名同发放文件：批次号、发放账号、补贴金额，最好还有所属月份、项目编码、身份证号；另加一列退回原因。
                也可以只有发放编号和退回原因两列。有错的行写明行号，不影响其他行。
                退回的月份重新列为应发，账户更正或确认重发（payments again）后随下一批发放。
                """,
                """
                Columns as in the pay file: 批次号, 发放账号, 补贴金额, better also 所属月份, 项目编码, 身份证号, and one more: 退回原因.
                发放编号 and 退回原因 alone will do. A bad row is reported with its line and stops nothing.
                A month that came back is due again, and is paid with the next batch once its account was corrected or a
                clerk has said that it is paid there again (payments again).
                """))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("文件名；写 - 则从标准输入读", "The file; - reads standard input"))) var file: String

    func run() throws {
        let township = try options.township()
        let bytes = file == "-" ? try StandardInput.all() : try Files.read(file)
        let act = desk.act(reason: L("银行退回文件", "the bank's return file"), intent: .record, now: township.clock())
        let report = try ReturnDesk(township: township).takeIn(bytes, act: act)
        options.output.write(report.document, text: report.text)
    }
}

struct PaymentsReturnCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "return", abstract: L("登记一笔被银行退回", "Record that the bank returned one line"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("发放编号", "The line's id"))) var id: String
    @Option(help: ArgumentHelp(L("银行的退回原因", "The bank's code or reason"))) var code: String
    @Option(help: ArgumentHelp(L("说明", "Why it is recorded"))) var reason: String?

    func run() throws {
        let township = try options.township()
        let act = desk.act(reason: reason ?? code, intent: .record, now: township.clock())
        let (returned, seq) = try ReturnDesk(township: township).returnLine(id, code: code, act: act)
        options.output.write(
            returned.document.adding([("seq", .int(Int64(seq)))]),
            text: L(
                "已登记退回，\(returned.line.text("month") ?? "") 重新列为应发",
                "Recorded: \(returned.line.text("month") ?? "") is due again"))
    }
}

struct PaymentsAgainCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "again",
            abstract: L("确认退回的款照原账户重发", "Say that what came back is paid to the same account again"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("退回的发放编号", "Id of the line that came back"))) var id: String
    @Option(help: ArgumentHelp(L("理由，如银行已解冻", "Why, such as: the bank has unfrozen it"))) var reason: String

    func run() throws {
        let township = try options.township()
        let act = desk.act(
            reason: try MoneyArgument.said(reason, "--reason"), intent: .record, now: township.clock())
        let (made, seq) = try ReturnDesk(township: township).payAgain(id, act: act)
        options.output.write(
            .object([
                ("id", .string(made.description)), ("kind", .string("pay_again")), ("seq", .int(Int64(seq))),
            ]), text: L("已确认，随下一批重发", "Recorded: it is paid again with the next batch"))
    }
}

extension ReturnDesk.Returned {
    /// `payment`, `reversal`, `month`, `amountFen`, `code`.
    var document: JSONValue {
        .object([
            ("payment", .string(line.record.id.description)), ("reversal", .string(reversal.description)),
            ("month", JSONValue(line.value("month"))), ("amountFen", JSONValue(line.value("amount_fen"))),
            ("code", .string(code)),
        ])
    }
}

extension ReturnDesk.Report {
    /// `rows`, `returned` [{…}], `totalFen`, `rejected` [{`line`, `field`, `reason`}].
    var document: JSONValue {
        .object([
            ("rows", .int(Int64(rows))), ("returned", .array(returned.map(\.document))), ("totalFen", .int(totalFen)),
            (
                "rejected",
                .array(
                    rejected.map { row in
                        .object([
                            ("line", .int(Int64(row.line))), ("field", .string(row.field)),
                            ("reason", .string(row.reason)),
                        ])
                    })
            ),
        ])
    }

    var text: String {
        let head = L(
            "\(rows) 行：退回 \(returned.count) 笔，\(Yuan.text(totalFen)) 元；\(rejected.count) 行有问题",
            "\(rows) rows: \(returned.count) lines returned, \(Yuan.text(totalFen)) yuan; \(rejected.count) rows rejected"
        )
        let bad = rejected.map { row in
            L("  第 \(row.line) 行", "  line \(row.line)") + (row.field.isEmpty ? "" : " \(row.field)") + L("：", ": ")
                + row.reason
        }
        return ([head] + bad).joined(separator: "\n")
    }
}
