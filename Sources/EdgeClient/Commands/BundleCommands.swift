import ArgumentParser
import CommandSupport
import RecordStore
import SyncEngine
import SyncWire

struct BundleCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "bundle", abstract: L("U 盘同步包（不需要网络）", "USB bundles (no network needed)"),
            discussion: L(
                """
                ruhu bundle export 文件 → 镇街 ruhu-server bundle import 文件 --reply 答复 → ruhu bundle import 答复。
                可与联网同步任意交替，重复读入无妨。
                """,
                """
                ruhu bundle export FILE, at the township ruhu-server bundle import FILE --reply ANSWER, then \
                ruhu bundle import ANSWER. May be mixed with syncs, repeated, or come late.
                """),
            subcommands: [BundleExportCommand.self, BundleImportCommand.self])
    }
}

struct BundleExportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "export",
            abstract: L("把未上传的变更写成同步包，加密给镇街", "Write what is unsent to a file sealed to the township"))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var photos: PhotoOptions
    @Argument(help: ArgumentHelp(L("写到此文件", "The file to write"))) var file: String

    func run() throws {
        let station = try options.station()
        let bundles = try station.bundles()
        let export = try BundleFile.write(to: file, magic: Frame.Content.bundle.magic) { write in
            try bundles.export(blobBytes: try photos.bytes(), write: write)
        }
        var document = BundleDocument(file: file, bytes: Int(clamping: export.bytes))
        document.sets = export.sets
        document.blobs = export.blobs
        let members: [(String, JSONValue)] = [
            ("blobsLeft", .int(Int64(export.blobsLeft))), ("damagedBlobs", .int(Int64(export.damagedBlobs))),
            ("asksForIdentity", .bool(export.asksForIdentity)),
        ]
        options.output.write(document.json(members), text: text(export))
    }

    private func text(_ export: StationBundles.Export) -> String {
        var lines = [
            L(
                "已写入 \(file)：\(export.sets) 项变更，\(export.blobs) 份附件。交给镇街：ruhu-server bundle import 文件 --reply 答复",
                "Wrote \(file): \(export.sets) change sets, \(export.blobs) attachments. At the township: "
                    + "ruhu-server bundle import FILE --reply ANSWER")
        ]
        if export.blobsLeft > 0 {
            lines.append(
                L(
                    "还有 \(export.blobsLeft) 份附件放不下，读入答复后再导出一次（或加大 --photos）。",
                    "\(export.blobsLeft) attachments more did not fit: export again when the answer has been read (or raise "
                        + "--photos)."))
        }
        if export.damagedBlobs > 0 { lines.append(LostBlobs.remark(export.damagedBlobs)) }
        if export.asksForIdentity {
            lines.append(
                L(
                    "本站的数据目录有另一份拷贝在使用：这个包请镇街给本机一个新的身份，变更随下一个包上交。",
                    "Another copy of this station's folder is in use: this bundle asks for an identity of its own; the "
                        + "change sets go with the next one."))
        }
        return lines.joined(separator: "\n")
    }
}

struct BundleImportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "import", abstract: L("读入镇街的答复包", "Read the township's answer"))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("文件", "The file"))) var file: String

    func run() throws {
        let (read, bytes) = try BundleFile.open(file, magic: Frame.Content.bundle.magic)
        let station = try options.station()
        let lock = try FileLock(path: station.folder.syncLockPath)
        defer { lock.release() }
        try station.checkFreeSpace(needed: bytes)
        let result = try station.bundles().apply(read)
        let (cursor, vanished, evidence) = try station.replica.write { transaction in
            try transaction.forgetReturned()
            return (
                try transaction.position().cursor, try transaction.vanished().count, try transaction.evidence()
            )
        }
        let waiting = try BlobCarrier.waiting(in: station.replica, blobs: station.blobs, isOffered: false).count
        var document = BundleDocument(file: file, bytes: Int(clamping: bytes), counts: result.counts)
        document.blobs = result.fetchedBlobs
        var members = document.members([
            ("cursor", .int(Int64(cursor))), ("skipped", .int(Int64(result.skippedPages))),
            ("arrived", .int(Int64(result.arrivedBlobs))), ("waiting", .int(Int64(waiting))),
            ("mended", result.mended.map { .string($0.rawValue) } ?? .null), ("vanished", .int(Int64(vanished))),
            ("evidence", .int(Int64(evidence.count(where: \.isOpen)))),
        ])
        try station.memory.keep(station.replica)
        try KeyCheck(station: station).keepCopies()
        guard let problem = result.problem else {
            try station.replica.write { try Meta.set(station.clock().description, for: "last_sync", in: $0.database) }
            let remarks = VanishedDocument.remark(vanished) + HeadEvidence.remark(evidence)
            let lines = [text(result, waiting: waiting)] + remarks
            options.output.write(.object(members), text: lines.joined(separator: "\n"))
            return
        }
        members.append(("error", Failure(problem).document))
        options.output.fail(problem, document: .object(members), code: problem.code.exitCode)
    }

    private func text(_ result: StationBundles.Import, waiting: Int) -> String {
        let counts = result.counts
        var lines = [
            L(
                "已读入：镇街已定下 \(counts.sets) 项，取得 \(counts.records) 条记录、\(result.fetchedBlobs) 份附件。",
                "Read: the township has decided \(counts.sets) change sets; \(counts.records) records and "
                    + "\(result.fetchedBlobs) attachments came back.")
        ]
        lines += counts.remarks
        switch result.mended {
        case .epoch:
            lines.append(
                L(
                    "镇街恢复过备份，本站已转到新的历史。请再导出一次：镇街缺的内容随那个包补上。",
                    "The township was restored, and this station follows its new history. Export again: that bundle brings "
                        + "what the township lacks."))
        case .fork:
            lines.append(
                L(
                    "本站的数据目录有另一份拷贝在使用，两份都会保留各自填写的内容。请再导出一次。",
                    "Another copy of this station's folder is in use; both keep all they typed. Export again."))
        default: break
        }
        if waiting > 0 {
            lines.append(
                L("还有 \(waiting) 份附件未到镇街，请再导出一次。", "\(waiting) attachments are not at the township yet: export again."))
        }
        if result.skippedPages > 0 {
            lines.append(
                L(
                    "答复包与本站现在的位置接不上（之后同步过），这部分已跳过，下一次会补齐。",
                    "Part of the answer no longer follows what this station holds (it has synced since): that part was "
                        + "passed over; the next one brings the rest."))
        }
        return lines.joined(separator: "\n")
    }
}

extension Station {
    /// - Throws: ``Problem`` ``Problem/Code/notJoined``, ``Problem/Code/unreadableFile`` of the keys.
    func bundles() throws -> StationBundles {
        let path = folder.usedSealingKeyPath(of: try membership().device)
        guard let sealing = try? SealingKey(privateKey: try SecretFile.read(path)) else {
            throw StationKeyFiles.damaged(path)
        }
        return StationBundles(
            replica: replica, blobs: blobs, keys: keys, signatures: Ed25519(), sealing: sealing, clock: clock)
    }
}
