import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct ExportPayFileCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "payfile", abstract: L("一本通发放文件（CSV），按冻结的名册", "The pay file (CSV) of a frozen roll"),
            discussion: L(
                "文件含身份证号和账号，只有本人可读，请妥善保管。",
                "The file holds identity and account numbers: only its owner may read it; keep it safe."))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("月份，如 2026-12", "The month, e.g. 2026-12"))) var month: String
    @Argument(help: ArgumentHelp(L("文件名", "The file"))) var file: String
    @Option(help: ArgumentHelp(L("只要某一批", "One batch only"))) var batch: Int64?
    @Flag(help: ArgumentHelp(L("覆盖已有的文件", "Overwrite a file that is there"))) var force = false

    func run() throws {
        let township = try options.township()
        try warnOfPolicy(township)
        let output = PrintedFile(output: file, isForced: force)
        try output.check(file)
        let month = try Month(parsing: month)
        let earlier = try PayFile.earlier(township, month: month)
        let act = desk.act(reason: "", intent: .record, now: township.clock())
        let payFile = try PayFile.write(township, month: month, batch: batch, act: act) {
            try SecretFile.write($0.csv, to: file)
        }
        Diagnostics.warn(earlier.map(Self.warning))
        options.output.write(
            .object([
                ("file", .string(file)), ("month", .string(month.description)),
                ("rows", .int(Int64(payFile.rows.count))),
                ("totalFen", .int(payFile.totalFen)),
                ("earlier", .array(earlier.map(Self.document))),
                (
                    "held",
                    .array(
                        payFile.held.map { held in
                            .object([
                                ("payment", .string(held.payment.description)),
                                ("rule", .string(held.reason.rule.code)),
                                ("text", .string(held.reason.text.text())),
                            ])
                        })
                ),
            ]),
            text: L(
                "已写出 \(payFile.rows.count) 笔，合计 \(Yuan.text(payFile.totalFen)) 元：\(file)",
                "\(payFile.rows.count) lines, \(Yuan.text(payFile.totalFen)) yuan, written to \(file)")
                + payFile.held.map { "\n" + L("暂缓 ", "Held ") + "\($0.payment)  \($0.reason.text.text())" }.joined())
    }

    /// `at`, `by`, `batch` (null: all), `rows`, `totalFen`.
    private static func document(_ file: Linked) -> JSONValue {
        .object([
            ("at", file.time("written_at").map { .string($0.description) } ?? .null),
            ("by", file.text("written_by").map(JSONValue.string) ?? .null),
            ("batch", file.number("batch").map(JSONValue.int) ?? .null),
            ("rows", file.number("rows").map(JSONValue.int) ?? .null),
            ("totalFen", file.number("total_fen").map(JSONValue.int) ?? .null),
        ])
    }

    private static func warning(_ file: Linked) -> Finding {
        let (at, by) = (file.time("written_at").map(PlainText.of) ?? "", file.text("written_by") ?? "")
        let batch = file.number("batch").map { (zh: "第 \($0) 批", en: "batch \($0)") } ?? (zh: "全部批次", en: "all batches")
        return Finding(
            .warning,
            Label(
                zh: "这个月的\(batch.zh)已由 \(by) 于 \(at) 导出过，同一批不要重复报送银行",
                en:
                    "\(batch.en) of this month was written by \(by) at \(at): do not hand the same batch to the bank twice"
            ))
    }
}
