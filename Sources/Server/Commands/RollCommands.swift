import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct RollCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "roll", abstract: L("每月发放名册：预览、冻结", "The month's roll: look, freeze"),
            subcommands: [RollShowCommand.self, RollFreezeCommand.self])
    }
}

struct RollShowCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "show",
            abstract: L("看这个月还有哪些要发、哪些暂缓、为什么", "What is still due this month, what is held and why"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("月份，如 2026-12", "The month, e.g. 2026-12"))) var month: String

    func run() throws {
        let township = try options.township()
        try warnOfPolicy(township)
        let frozen = try RollDesk(township: township).preview(try Month(parsing: month))
        options.output.write(frozen.document, text: frozen.text)
    }
}

struct RollFreezeCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "freeze",
            abstract: L("冻结名册：按决定逐户生成发放记录", "Freeze the roll: a line for every case, as decided"),
            discussion: L(
                "同一个月再冻结一次，只补新增的，记为下一批。冻结后账户、金额不再变动。",
                "Freezing a month again adds only what came since, as the next batch. What is frozen keeps its account and amount."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("月份，如 2026-12", "The month, e.g. 2026-12"))) var month: String
    @Option(
        help: ArgumentHelp(
            L("恢复备份后不等各站同步的理由", "Why not to wait, after a restore, until the stations have synced")))
    var withoutStations: String?

    func run() throws {
        let township = try options.township()
        try warnOfPolicy(township)
        let act = desk.act(reason: withoutStations ?? "", intent: .record, now: township.clock())
        let frozen = try RollDesk(township: township).freeze(
            try Month(parsing: month), awaitsStations: withoutStations?.isEmpty ?? true, act: act)
        options.output.write(frozen.document, text: frozen.text)
    }
}

/// A policy that has ended, or whose amounts are for demonstration, is told of before money is paid by it.
private func warnOfPolicy(_ township: Township) throws {
    let today = township.clock().day
    Diagnostics.warn(try PolicyDesk(township: township).contents().shelf.pack(on: today).warnings(on: today))
}

struct ExportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "export", abstract: L("导出文件", "Export files"), subcommands: [ExportPayFileCommand.self])
    }
}

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
        let payFile = try PayFile(township, month: month, batch: batch)
        try SecretFile.write(payFile.csv, to: file)
        let act = desk.act(reason: "", intent: .record, now: township.clock())
        try payFile.keep(township, month: month, batch: batch, act: act)
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
