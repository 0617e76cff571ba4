import ArgumentParser
import CommandSupport
import SyncEngine

struct CheckCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "check", abstract: L("家庭经济状况核对：发请求、收报告", "Economic checks: requests out, reports in"),
            subcommands: [CheckRequestCommand.self, CheckImportCommand.self, CheckSimulateCommand.self])
    }
}

struct CheckRequestCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "request", abstract: L("写出给核对平台的请求文件", "Write the file of requests to the checking platform"),
            discussion: L(
                "不写编号则包括所有已授权而未发请求的申请。没有有效授权的会被拒绝（R25）。",
                "Without ids: all that are authorised and not yet requested. Without a valid authorisation it is refused (R25)."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("写到此文件", "The file to write"))) var file: String
    @Argument(help: ArgumentHelp(L("申请编号 …", "Applications"))) var ids: [String] = []

    func run() throws {
        let township = try options.township()
        let act = desk.act(reason: "", intent: .record, now: township.clock())
        let (requests, refused) = try CaseDesk(township: township).requestChecks(ids, act: act) { requests in
            let document = JSONValue.object([("requests", .array(requests))])
            try SecretFile.write(Array(document.compact.utf8), to: file)
        }
        options.output.write(
            [("file", .string(file)), ("requests", .int(Int64(requests.count)))], refused: refused,
            text: L("已写出 \(requests.count) 件请求：\(file)", "\(requests.count) requests written to \(file)"))
    }
}

struct CheckImportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import", abstract: L("读入核对平台的报告文件", "Read the platform's file of reports"),
            discussion: L("同一文件读两次，结果不变。", "The same file twice changes nothing more."))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("报告文件", "The file"))) var file: String

    func run() throws {
        let township = try options.township()
        let reports = try CheckFiles.items("reports", in: file)
        let act = desk.act(reason: "", intent: .record, now: township.clock())
        let (imported, refused) = try CaseDesk(township: township).importReports(reports, act: act)
        options.output.write(
            [
                ("file", .string(file)), ("reports", .int(Int64(reports.count))),
                ("imported", .int(Int64(imported.count))), ("applications", .array(imported)),
            ], refused: refused,
            text: L("读入 \(imported.count) 份报告", "\(imported.count) reports taken in"))
    }
}

/// Stands in for the 核对平台 in tests and demonstrations.
struct CheckSimulateCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "simulate",
            abstract: L("模拟核对平台：由请求文件写出报告文件", "Simulate the platform: reports for a file of requests"),
            shouldDisplay: false)
    }

    @Flag(help: ArgumentHelp(L("输出一个 JSON 文档", "Print one JSON document"))) var json = false
    @Argument(help: ArgumentHelp(L("请求文件", "The file of requests"))) var requests: String
    @Argument(help: ArgumentHelp(L("报告写到此文件", "The file of reports to write"))) var reports: String
    @Option(help: ArgumentHelp(L("不符合者的身份证号或编号", "Identity numbers or ids of those who do not conform")))
    var failing: [String] = []

    func run() throws {
        let day = SystemClock.now().day
        let reports = try CheckFiles.items("requests", in: requests).map {
            try CheckFiles.simulated($0, failing: Set(failing), on: day)
        }
        let document = JSONValue.object([("reports", .array(reports))])
        try SecretFile.write(Array(document.compact.utf8), to: self.reports)
        Output(isJSON: json).write(
            .object([("file", .string(self.reports)), ("reports", .int(Int64(reports.count)))]),
            text: L("已写出 \(reports.count) 份报告", "\(reports.count) reports written"))
    }
}

extension Output {
    /// What was done, and `refused` [{`subject`, `error`}]; one that was refused makes the command fail with its code.
    fileprivate func write(_ members: [(String, JSONValue)], refused: [CaseDesk.Refused], text: String) {
        let document = members + [("refused", .array(refused.map(\.document)))]
        guard let problem = refused.first?.problem else { return write(.object(document), text: text) }
        if !isJSON { Diagnostics.say(text) }
        for other in refused.dropFirst() where !isJSON {
            Diagnostics.say("\(other.subject)  \(Failure(other.problem).message)")
        }
        fail(
            problem, document: .object(document + [("error", Failure(problem).document)]), code: problem.code.exitCode)
    }
}
