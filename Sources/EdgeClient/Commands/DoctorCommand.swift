import ArgumentParser
import CommandSupport
import Crypto
import RecordStore
import SyncEngine

struct DoctorCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "doctor",
            abstract: L(
                "检查本站数据；需要时从镇街重新获取，不动未上传的内容",
                "Check the replica; repair by fetching anew, never by forgetting pending work"))
    }

    @OptionGroup var options: StationOptions
    @Flag(help: ArgumentHelp(L("只检查，不修复", "Check only"))) var checkOnly = false

    func run() throws {
        let station = try options.station()
        _ = try station.membership()
        var findings = try check(station)
        var isRepaired = false
        if findings.contains(where: { !$0.isSound && $0.isRepairable }), !checkOnly {
            try SyncRun(station: station).refetch()
            findings = try check(station)
            isRepaired = true
        }
        let isSound = findings.allSatisfy(\.isSound)
        let document = JSONValue.object([
            ("sound", .bool(isSound)), ("repaired", .bool(isRepaired)),
            ("checks", .array(findings.map(\.document))),
        ])
        let text = findings.map { ($0.isSound ? "✓ " : "✗ ") + $0.text }.joined(separator: "\n")
        guard isSound else {
            options.output.fail(Problem(.storage, "doctor"), document: document, code: .inputOutput)
        }
        options.output.write(document, text: text)
    }

    private func check(_ station: Station) throws -> [ReplicaCheck.Finding] {
        try station.replica.read { try ReplicaCheck($0).run() }
    }
}

extension ReplicaCheck.Finding {
    var document: JSONValue {
        .object([("check", .string(check.rawValue)), ("sound", .bool(isSound)), ("detail", .string(detail))])
    }

    var text: String {
        switch check {
        case .pages: L("数据库文件", "Database file") + suffix
        case .chain: L("变更链条", "Chain of change sets") + suffix
        case .digest: L("摘要与记录相符", "Digests agree with the records") + suffix
        case .server: L("与镇街相符", "Agrees with the township") + suffix
        case .history: L("镇街的历史前后一致", "The township's history goes on from what it showed") + suffix
        }
    }

    private var suffix: String { detail.isEmpty ? "" : "：" + detail }
}
