import ArgumentParser
import CommandSupport
import RecordStore
import SyncEngine

struct DoctorCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "doctor",
            abstract: L(
                "检查本站数据；需要时从镇街重新获取，不动未上传的内容",
                "Check the replica; repair by fetching anew, never by forgetting pending work"),
            discussion: L(
                "数据库损坏时另建新库，未上传的内容照旧保留；读不全的存入 rescue-时间.json。损坏的文件会留下。",
                "A damaged database is replaced by a fresh one that keeps what is pending; what cannot be kept goes to rescue-TIME.json. The damaged file stays."
            ))
    }

    @OptionGroup var options: StationOptions
    @Flag(help: ArgumentHelp(L("只检查，不修复", "Check only"))) var checkOnly = false

    func run() throws {
        let folder = try options.folder()
        var doctor = Doctor(folder: folder, clock: SystemClock.now)
        try doctor.run(checkOnly: checkOnly)
        let document = doctor.document
        if let problem = doctor.problem {
            Diagnostics.say(doctor.text)
            options.output.fail(
                problem, document: document.adding([("error", Failure(problem).document)]),
                code: problem.code.exitCode)
        }
        options.output.write(document, text: doctor.text)
    }
}

/// One examination, and what was done about it.
struct Doctor {
    let folder: StationFolder
    let clock: () -> Instant

    private(set) var findings: [ReplicaCheck.Finding] = []
    private var isRepaired = false
    /// Key files that nothing mends.
    private var wrongKeys: [KeyCheck.Key] = []
    /// Attachments whose file is damaged or gone before it arrived.
    private var lostFiles: [String] = []
    private var rebuild: ReplicaRebuild.Report?
    /// Why the township's records could not be fetched; they come with the next sync.
    private var unfetched: Problem?
    private var hasFetched = false

    init(folder: StationFolder, clock: @escaping () -> Instant) {
        self.folder = folder
        self.clock = clock
    }

    /// - Throws: ``Problem`` ``Problem/Code/notJoined``, ``Problem/Code/stationInUse``,
    ///   ``Problem/Code/replicaDamaged``, ``Problem/Code/storageFull``.
    mutating func run(checkOnly: Bool) throws {
        findings = try examine(mends: !checkOnly)
        let wrong = findings.filter { !$0.isSound && ($0.isOfTheFile || $0.isOfTheShadow) }
        guard !wrong.isEmpty else { return }
        if checkOnly {
            // Made anew before, where nobody could be reached.
            if !wrong.contains(where: \.isOfTheFile), try awaitsRecords() { unfetched = Self.toBeFetched }
            return
        }
        if wrong.contains(where: \.isOfTheFile) {
            rebuild = try ReplicaRebuild(folder: folder, clock: clock).run()
        }
        fetch()
        findings = try examine(mends: true)
        isRepaired = true
    }

    private var isSound: Bool { findings.allSatisfy(\.isSound) }

    /// - Parameter mends: a key file is written anew from its copy, and the other way round.
    private mutating func examine(mends: Bool) throws -> [ReplicaCheck.Finding] {
        let memory = StationMemory(path: folder.memoryPath).read()
        do {
            let station = try Station.open(folder, clock: clock)
            let findings =
                try station.replica.read { try ReplicaCheck($0).run(remembered: memory) }
                + [try examineKeys(of: station, mends: mends), try examineFiles(of: station, mends: mends)]
            if findings.allSatisfy(\.isSound) { try station.memory.keep(station.replica) }
            return findings
        } catch let problem as Problem where problem.code == .replicaDamaged {
            return ReplicaCheck.unreadable(problem.subject)
        } catch let problem as Problem where problem.code == .notJoined && !memory.isEmpty {
            return ReplicaCheck.unreadable("meta")
        } catch let error as CodecError {
            return ReplicaCheck.unreadable(error.detail)
        } catch let problem as Problem {
            throw problem
        } catch {
            // An error of SQLite that is none of the named ones: a schema that does not parse, a table that is gone.
            return ReplicaCheck.unreadable("\(error)")
        }
    }

    private mutating func examineKeys(of station: Station, mends: Bool) throws -> ReplicaCheck.Finding {
        let (wrong, hasMended) = try KeyCheck(station: station).run(mends: mends)
        wrongKeys = wrong
        if hasMended { isRepaired = true }
        return ReplicaCheck.Finding(
            check: .keys, isSound: wrong.isEmpty, detail: wrong.map(\.path).joined(separator: ", "))
    }

    private mutating func examineFiles(of station: Station, mends: Bool) throws -> ReplicaCheck.Finding {
        lostFiles = try BlobCheck(station: station).run(mends: mends)
        return ReplicaCheck.Finding(
            check: .files, isSound: lostFiles.isEmpty, detail: lostFiles.joined(separator: ", "))
    }

    /// Whether the township's records were here and are still to be fetched again.
    private func awaitsRecords() throws -> Bool {
        try Station.open(folder, clock: clock).replica.read { try $0.awaitsRecords() }
    }

    private static let toBeFetched = Problem(
        .unreachable,
        explanation: Label(zh: "镇街的记录还没有重新取回", en: "The township's records are still to be fetched again"))

    private mutating func fetch() {
        do {
            try SyncRun(station: try Station.open(folder, clock: clock)).refetch()
            unfetched = nil
            hasFetched = true
        } catch {
            unfetched =
                error as? Problem ?? (error as? any ProblemConvertible)?.problem ?? Problem(.storage, "\(error)")
        }
    }

    // MARK: - What is said

    /// What is not well at the end; `nil` when all is.
    var problem: Problem? {
        if let rebuild, let path = rebuild.rescuePath {
            return Problem(
                .replicaDamaged, path,
                explanation: Label(
                    zh: "未上传的内容有一部分损坏：读得出的 \(rebuild.plan.rescued.count) 项已存入文件，"
                        + "\(rebuild.plan.unreadable.count) 项读不出" + (rebuild.plan.isEndKnown ? "" : "，是否还有更多无法得知"),
                    en: "Part of what was unsent is damaged: \(rebuild.plan.rescued.count) sets that could be read are "
                        + "in a file, \(rebuild.plan.unreadable.count) could not"
                        + (rebuild.plan.isEndKnown ? "" : ", and there may have been more")),
                hint: Label(
                    zh: "请打开该文件，对照纸质材料，把其中和缺少的内容重新录入；文件和损坏的数据库都请保留，交给镇街。",
                    en: """
                        Open the file, compare it with your papers, and type in again what it holds and what is missing; \
                        keep it and the damaged database for the township.
                        """))
        }
        if let key = wrongKeys.first { return key.problem }
        if isSound { return nil }
        if let file = lostFiles.first { return Problem.damagedFile(file) }
        let isOnlyUnfetched = findings.allSatisfy { $0.isSound || $0.isOfTheShadow }
        return isOnlyUnfetched ? unfetched ?? Problem(.digestMismatch) : Problem(.storage, "doctor")
    }

    var document: JSONValue {
        .object([
            ("sound", .bool(isSound)), ("repaired", .bool(isRepaired)),
            ("checks", .array(findings.map(\.document))),
            ("rebuilt", .bool(rebuild != nil)),
            ("pending", rebuild.map { .int(Int64($0.pending)) } ?? .null),
            ("damaged", rebuild?.damagedPath.map { .string($0) } ?? .null),
            ("rescue", rebuild?.rescuePath.map { .string($0) } ?? .null),
            ("fetched", .bool(hasFetched)),
        ])
    }

    var text: String {
        var lines = findings.map { ($0.isSound ? "✓ " : "✗ ") + $0.text }
        if let rebuild {
            let pending = rebuild.pending
            lines.append(
                rebuild.plan.isPendingWhole
                    ? L("已另建新库，未上传的 \(pending) 项都在。", "Made a fresh database with all \(pending) unsent sets.")
                    : L(
                        "已另建新库，未上传的内容救出 \(pending) 项。",
                        "Made a fresh database with the \(pending) unsent sets that could be saved."))
            if let path = rebuild.damagedPath { lines.append(L("损坏的文件：\(path)", "The damaged file: \(path)")) }
        }
        if unfetched != nil {
            lines.append(L("其余内容下次同步时取回（ruhu sync）。", "The rest comes with the next sync (ruhu sync)."))
        }
        return lines.joined(separator: "\n")
    }
}

extension ReplicaCheck.Finding {
    var document: JSONValue {
        .object([("check", .string(check.rawValue)), ("sound", .bool(isSound)), ("detail", .string(detail))])
    }

    var text: String {
        let name =
            switch check {
            case .pages: L("数据库文件", "Database file")
            case .station: L("本站登记", "What the station knows of itself")
            case .sets: L("变更内容", "Change sets")
            case .chain: L("变更链条", "Chain of change sets")
            case .overlay: L("未上传内容的显示", "Unsent work as it is shown")
            case .digest: L("摘要与记录相符", "Digests agree with the records")
            case .history: L("镇街的历史前后一致", "The township's history goes on from what it showed")
            case .keys: L("密钥文件", "Key files")
            case .files: L("附件的文件", "Attachments' files")
            case .server: L("上次同步时与镇街相符", "Agreed with the township when last synced")
            }
        return name + (detail.isEmpty ? "" : "：" + detail)
    }
}
