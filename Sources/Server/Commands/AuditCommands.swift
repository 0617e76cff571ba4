import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine
import SyncWire

struct AuditCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "audit",
            abstract: L("审计：核对日志、追溯一条记录、出具证明", "Audit: verify the log, trace a record, prove it"),
            subcommands: [
                AuditVerifyCommand.self, AuditTraceCommand.self, AuditProveCommand.self, AuditCalculationCommand.self,
            ])
    }
}

struct AuditVerifyCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "verify",
            abstract: L(
                "核对整个日志、签名、摘要，以及每条记录是否由日志得出",
                "Verify the whole log, signatures, digests, and that every record follows from the log"),
            discussion: L(
                """
                --heads 写一个外面保存的文件，例如某工作站 ruhu status --json 的输出：里面的树首是镇街当时签的，日志必须接得上。\
                退出码：0 无误，74 有问题。
                """,
                """
                --heads names a file that was kept elsewhere, such as what ruhu status --json prints at a station: the log \
                must go on from the heads in it, which the township signed. Exit codes: 0 sound, 74 not sound.
                """))
    }

    @OptionGroup var options: TownshipOptions
    @Option(help: ArgumentHelp(L("含树首的文件，可写多个", "A file with tree heads in it; may be repeated")))
    var heads: [String] = []

    func run() throws {
        let township = try options.township(isAudited: true)
        var report = try township.audit(against: try heads.flatMap(Self.keptHeads))
        if let notice = township.headNotice { report.findings.append(notice.finding) }
        guard report.isSound else {
            if !options.json { options.output.write(report.document, text: report.text) }
            options.output.fail(LogVerification.Report.problem, document: report.failure, code: .inputOutput)
        }
        options.output.write(report.document, text: report.text)
    }
}

extension AuditVerifyCommand {
    /// Documents with heads in them, or an older copy of the file `head`.
    private static func keptHeads(_ path: String) throws -> [TreeHead] {
        let bytes = try Files.read(path, limit: KeptHeads.byteLimit)
        if let heads = try? TreeHead.list(decoding: bytes, as: .json), !heads.isEmpty { return heads }
        do {
            return try KeptHeads.read(bytes, name: path)
        } catch let problem as Problem {
            throw Problem(
                problem.code, "\(path): \(problem.subject)", explanation: problem.explanation, hint: problem.hint)
        }
    }
}

struct AuditTraceCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "trace",
            abstract: L(
                "追溯一条记录或其一个字段：谁、何处、何时、哪台设备、签名是否有效",
                "Trace a record or one field: who, where, when, which device, is it signed"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("记录编号", "The record's id"))) var id: String
    @Argument(help: ArgumentHelp(L("字段", "A field"))) var field: String?

    func run() throws {
        let township = try options.township(isAudited: true)
        guard let id = RecordID(id) else { throw Problem(.unknownRecord, id) }
        let steps = try township.trace(id, field: field)
        if steps.isEmpty { try township.checkNamed(id, field: field) }
        options.output.write(
            .object([("record", .string(id.description)), ("steps", .array(steps.map(\.document)))]),
            text: steps.map(\.text).joined(separator: "\n"))
    }
}

struct AuditProveCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "prove",
            abstract: L(
                "出具证明：改过某记录的每个变更集都在日志中（用 ruhu verify-proof 离线核对）",
                "Prove that every set naming a record is in the log (check it offline with ruhu verify-proof)"),
            discussion: L(
                "--head 写工作站已持有的 treeHead.size（见 ruhu status），证明便连到它。",
                "--head takes the treeHead.size that a station holds (ruhu status): the proof then leads from it."))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("记录编号", "The record's id"))) var id: String
    @Option(help: ArgumentHelp(L("工作站持有的树的大小，可写多个", "Size of a head that a station holds; may be repeated")))
    var head: [UInt64] = []

    func run() throws {
        let township = try options.township(isAudited: true)
        guard let id = RecordID(id) else { throw Problem(.unknownRecord, id) }
        let proof = try township.prove(id, from: head)
        // The document is the proof: people keep it in a file too.
        options.output.write(proof.document, text: proof.document.compact)
    }
}

extension LogVerification.Report {
    /// What is not sound.
    static let problem = Problem(
        .storage, "audit",
        explanation: Label(zh: "核对发现问题", en: "What was checked is not sound"),
        hint: Label(
            zh: "请停止服务，保留原目录，联系技术人员。", en: "Stop serving, keep the folder as it is, and call an engineer."))

    /// The report, and what is wrong.
    var failure: JSONValue { document.with(Self.problem) }

    var document: JSONValue {
        .object([
            ("sound", .bool(isSound)), ("sets", .int(Int64(sets))), ("records", .int(Int64(records))),
            ("frames", .int(Int64(frames))),
            (
                "findings",
                .array(
                    findings.map {
                        .object([("check", .string($0.check.rawValue)), ("subject", .string($0.subject))])
                    })
            ), ("histories", .array(histories.map(\.document))), ("left", .array(left.map(\.document))),
        ])
    }

    var text: String {
        let verdict =
            isSound
            ? L("核对无误：", "Sound: ") : L("核对发现 \(findings.count) 处问题：", "Not sound, \(findings.count) findings: ")
        let counts = L(
            "\(sets) 个变更集，\(records) 条记录，\(frames) 个签名。",
            "\(sets) change sets, \(records) records, \(frames) signatures.")
        let lines = findings.map { "✗ \($0.check.label)" + L("：", ": ") + $0.subject }
        let gone = left.map { head in
            L(
                "出示的第 \(head.size) 项属于已换掉的历史，现在的日志里没有；换历史的原因见上。",
                "Set \(head.size), which was shown, is of a history that was left, and is not in this log; see above why it was left."
            )
        }
        return ([verdict + counts] + lines + histories.dropFirst().map(\.text) + gone).joined(separator: "\n")
    }
}

extension EpochReader.Entry {
    fileprivate var document: JSONValue {
        .object([
            ("epoch", .string(epoch.description)),
            ("parent", parent.map { .string($0.epoch.description) } ?? .null),
            ("fork", parent.map { .int(Int64(clamping: $0.seq)) } ?? .null), ("reason", .string(reason)),
            ("startedAt", .string(startedAt.description)),
        ])
    }

    fileprivate var text: String {
        let why =
            switch reason {
            case "restore": L("恢复备份", "a backup was restored")
            case "copy": L("数据库被换成旧的一份", "an older database was brought back")
            default: reason
            }
        if isLost {
            return L("丢失的历史：\(epoch)，", "Lost history: \(epoch), ") + PlainText.of(startedAt)
                + L("由工作站出示", ", shown by a station")
        }
        return L("新的历史：", "New history: ") + PlainText.of(startedAt)
            + L("，\(why)，接在第 \(parent?.seq ?? 0) 项之后", ", \(why), after set \(parent?.seq ?? 0)")
    }
}

extension AuditFinding.Check {
    fileprivate var label: String {
        switch self {
        case .sequence: L("序号缺失", "missing seqs")
        case .chain: L("链条断裂", "broken chain")
        case .leaf: L("日志被改动", "changed log row")
        case .tree: L("日志树不符", "tree disagrees")
        case .head: L("与已签发的树首不符", "not what was signed")
        case .record: L("记录不是由日志得出", "record is not the fold of the log")
        case .digest: L("摘要不符", "wrong digest")
        case .device: L("设备登记不符", "device disagrees")
        case .quarantine: L("隔离登记缺失", "quarantine entry missing")
        case .signature: L("签名无效或缺失", "signature invalid or missing")
        case .attestation: L("不是本镇街写下的登记", "row that the township did not write")
        case .structure: L("数据库结构被改动", "structure was changed")
        case .placement: L("迁移或知会的登记不符", "moves or addressees disagree")
        }
    }
}
