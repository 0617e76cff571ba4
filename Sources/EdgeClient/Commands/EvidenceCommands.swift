import ArgumentParser
import CommandSupport
import RecordStore
import SyncEngine

struct EvidenceCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "evidence",
            abstract: L("镇街的历史与本站见过的接不上时，留下的证据", "Where the township's history does not go on from what was seen"),
            discussion: L(
                """
                镇街恢复备份后会换新的历史，本站见过的一部分可能不在里面了；有人改写数据时也是这样。两个签名都留着，\
                谁都可以核对。请向镇街核实，问清楚了再用 ruhu evidence dismiss，证据仍然保留。
                """,
                """
                A township that was restored begins a new history, and part of what this station saw may not be in it; \
                data that somebody has rewritten looks the same. Both signatures are kept, for anybody to check. Ask the \
                township; when the answer satisfies you, ruhu evidence dismiss. The evidence stays.
                """),
            subcommands: [EvidenceListCommand.self, EvidenceCompareCommand.self, EvidenceDismissCommand.self],
            defaultSubcommand: EvidenceListCommand.self)
    }
}

struct EvidenceListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: L("列出", "List it"))
    }

    @OptionGroup var options: StationOptions
    @Flag(help: ArgumentHelp(L("包括已了结的", "Closed ones too"))) var all = false

    func run() throws {
        let station = try options.station()
        let found = try station.replica.read { try $0.evidence() }.filter { all || $0.isOpen }
        options.output.write(
            .object([("evidence", .array(found.map(\.document))), ("count", .int(Int64(found.count)))]),
            text: found.isEmpty
                ? L("前后都接得上", "Everything goes on from what was seen")
                : (found.map(\.text) + (found.contains(where: \.isOpen) ? [Self.advice] : [])).joined(separator: "\n"))
    }

    private static let advice = L(
        "请向镇街核实；问清楚了，运行 ruhu evidence dismiss 编号。", "Ask the township; then run ruhu evidence dismiss NUMBER.")
}

struct EvidenceCompareCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "compare",
            abstract: L("与另一站核对：镇街给两站看的是不是同一份数据", "Whether the township shows another station the same history"),
            discussion: L(
                """
                在另一站运行 ruhu status --json，把输出存成文件带过来。要联网，先 ruhu sync。退出码：0 是同一份，77 不是\
                （证据留在本站）。
                """,
                """
                The file holds what ruhu status --json prints at the other station. Needs the network; sync first. Exit \
                codes: 0 the same, 77 not (the evidence is kept here).
                """))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("另一站的文件；写 - 则从标准输入读", "The other station's file; - reads standard input"))) var file:
        String

    func run() throws {
        let station = try options.station()
        _ = try station.membership()
        let bytes = file == "-" ? try StandardInput.all() : try Files.read(file, limit: KeptHeads.byteLimit)
        let others = try KeptHeads.read(bytes, name: file)
        let lock = try FileLock(path: station.folder.syncLockPath)
        defer { lock.release() }
        let syncer = Syncer(replica: station.replica, courier: try station.courier(), keys: station.keys)
        let agreements = try syncer.compare(others)
        let isSame = agreements.allSatisfy { $0.verdict == .same || $0.verdict == .left }
        let document = JSONValue.object([
            ("sound", .bool(isSame)), ("heads", .array(agreements.map(\.document))),
        ])
        guard isSame else {
            options.output.fail(Problem(.historyRewritten, "compare"), document: document, code: .notPermitted)
        }
        options.output.write(document, text: agreements.map(\.text).joined(separator: "\n"))
    }
}

extension HeadAgreement {
    /// `epoch`, `size`, `result` (`same`, `left`, or why not).
    fileprivate var document: JSONValue {
        let result =
            switch verdict {
            case .same: "same"
            case .left: "left"
            case .contradicts(let refusal): refusal.rawValue
            }
        return .object([
            ("epoch", .string(other.epoch.description)), ("size", .int(Int64(clamping: other.size))),
            ("result", .string(result)),
        ])
    }

    fileprivate var text: String {
        verdict == .left
            ? L(
                "\(other.size) 项：属于镇街已换掉的历史，无法核对。",
                "\(other.size) sets: of a history that the township has left; nothing to compare.")
            : L("\(other.size) 项：与本站见到的是同一份。", "\(other.size) sets: the same as this station is shown.")
    }
}

struct EvidenceDismissCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "dismiss", abstract: L("问过镇街了，不再提示", "The township was asked: no more reminders"))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var author: AuthorOptions
    @Argument(help: ArgumentHelp(L("编号 …（见 ruhu evidence）", "Their numbers … (see ruhu evidence)"))) var numbers:
        [Int64] = []
    @Flag(help: ArgumentHelp(L("全部", "All of it"))) var all = false

    func run() throws {
        guard all == numbers.isEmpty else {
            throw Problem(
                .usage, "evidence",
                explanation: Label(zh: "要写编号，或者写 --all，二者选一", en: "Give the numbers, or --all, one of the two"))
        }
        let station = try options.station()
        let (writer, now) = (try author.name(station), station.clock())
        let dismissed = try station.replica.write { transaction in
            let open = try transaction.evidence().filter(\.isOpen).map(\.number)
            if let unknown = numbers.first(where: { !open.contains($0) }) {
                throw Problem(
                    .badValue, "\(unknown)",
                    explanation: Label(
                        zh: "没有第 \(unknown) 号，或者已了结", en: "There is no number \(unknown), or it is closed"))
            }
            let chosen = all ? open : numbers
            for number in chosen { try transaction.dismissEvidence(number, by: writer, at: now) }
            return chosen
        }
        options.output.write(
            .object([("dismissed", .array(dismissed.map(JSONValue.int))), ("count", .int(Int64(dismissed.count)))]),
            text: L(
                "\(dismissed.count) 项不再提示，证据仍在（--all 可见）。",
                "\(dismissed.count) will not be told again; --all lists them."))
    }
}

extension HeadEvidence {
    /// `number`, `refusal`, `held`, `shown`, `explained`; of a new history `fork` and `common`; `dismissedAt`,
    /// `dismissedBy` once a person closed it.
    var document: JSONValue {
        .object([
            ("number", .int(number)), ("refusal", .string(refusal)), ("held", held.document),
            ("shown", shown.document), ("explained", .bool(isExplained)),
            ("fork", parting.map { .int(Int64(clamping: $0.fork)) } ?? .null),
            ("common", parting.map { .int(Int64(clamping: $0.common)) } ?? .null),
            ("dismissedAt", dismissed.map { .string($0.at.description) } ?? .null),
            ("dismissedBy", dismissed.map { .string($0.by) } ?? .null),
        ])
    }

    /// For people: what was seen, what is shown, and what is proved.
    var text: String {
        let closed =
            dismissed.map { L("  已了结：\($0.by) ", "  closed by \($0.by) ") + PlainText.of($0.at) } ?? ""
        let line = L("第 \(number) 号  ", "no. \(number)  ") + (parting.map(Self.text) ?? refusalText) + closed
        return line + "\n    \(held.epoch)/\(held.size) \(held.root)\n    \(shown.epoch)/\(shown.size) \(shown.root)"
    }

    private static func text(_ parting: HeadCheck.Parting) -> String {
        L(
            "镇街换了新的历史：原先见过 \(parting.held.size) 项，镇街说前 \(parting.fork) 项没有变，能证明的是前 \(parting.common) 项。",
            "A new history: \(parting.held.size) sets were seen; the township says that the first \(parting.fork) are the same, "
                + "and it is proved of the first \(parting.common).")
    }

    private var refusalText: String {
        let now = L(
            "原先见过 \(held.size) 项，这次给的是 \(shown.size) 项。", "\(held.size) sets were seen, \(shown.size) were shown.")
        return L("没有接受（\(refusal)）：", "Refused (\(refusal)): ") + now
            + (isExplained ? L(" 之后镇街换了新的历史。", " The township began a new history since.") : "")
    }

    /// What a sync says while a person has not looked at each.
    static func remark(_ evidence: [HeadEvidence]) -> [String] {
        let open = evidence.filter(\.isOpen)
        guard let last = open.compactMap(\.parting).last else {
            return open.isEmpty
                ? []
                : [
                    L(
                        "镇街给本站看过前后不一致的数据，证据都留着。请向镇街核实，用 ruhu evidence 查看。",
                        "The township has shown this station data that did not go together; the evidence is kept. Ask the "
                            + "township; see ruhu evidence.")
                ]
        }
        let (first, end) = (last.common + 1, last.held.size)
        return [
            L(
                "镇街换了新的历史（恢复备份后会这样）：本站见过的第 \(first)–\(end) 项，不能证明还在里面。请向镇街核实，用 ruhu evidence 查看。",
                "The township began a new history, as after a restore: that it still holds sets \(first)–\(end), which this "
                    + "station saw, is not proved. Ask the township; see ruhu evidence.")
        ]
    }
}
