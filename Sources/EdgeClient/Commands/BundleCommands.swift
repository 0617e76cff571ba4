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
    @Argument(help: ArgumentHelp(L("写到此文件", "The file to write"))) var file: String

    func run() throws {
        let station = try options.station()
        let export = try station.bundles().export()
        try BundleFile.write(export.file, to: file)
        var document = BundleDocument(file: file, bytes: export.file.count)
        document.sets = export.sets
        var lines = [
            L(
                "已写入 \(file)：\(export.sets) 项变更。交给镇街：ruhu-server bundle import 文件 --reply 答复",
                "Wrote \(file): \(export.sets) change sets. At the township: ruhu-server bundle import FILE --reply ANSWER"
            )
        ]
        if export.remaining > 0 {
            lines.append(
                L(
                    "还有 \(export.remaining) 项放不下，读入答复后再导出一次。",
                    "\(export.remaining) more did not fit: export again when the answer has been read."))
        }
        options.output.write(
            document.json([("remaining", .int(Int64(export.remaining)))]), text: lines.joined(separator: "\n"))
    }
}

struct BundleImportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "import", abstract: L("读入镇街的答复包", "Read the township's answer"))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("文件", "The file"))) var file: String

    func run() throws {
        let bytes = try Files.read(file)
        guard bytes.starts(with: Frame.Content.bundle.magic) else { throw Problem(.notABundle, file) }
        let station = try options.station()
        let lock = try FileLock(path: station.folder.syncLockPath)
        defer { lock.release() }
        let result = try station.bundles().apply(bytes)
        let cursor = try station.replica.read { try $0.position().cursor }
        let document = BundleDocument(file: file, bytes: bytes.count, counts: result.counts)
        var members = document.members([
            ("cursor", .int(Int64(cursor))), ("skipped", .int(Int64(result.skippedPages))),
        ])
        guard let problem = result.problem else {
            try station.replica.write { try Meta.set(station.clock().description, for: "last_sync", in: $0.database) }
            options.output.write(.object(members), text: text(result))
            return
        }
        members.append(("error", Failure(problem).document))
        options.output.fail(problem, document: .object(members), code: problem.code.exitCode)
    }

    private func text(_ result: StationBundles.Import) -> String {
        let counts = result.counts
        var lines = [
            L(
                "已读入：镇街已定下 \(counts.sets) 项，取得 \(counts.records) 条记录。",
                "Read: the township has decided \(counts.sets) change sets; \(counts.records) records came back.")
        ]
        lines += counts.remarks
        if result.skippedPages > 0 {
            lines.append(
                L(
                    "答复包与本站现在的位置接不上（之后联网同步过），这部分已跳过，下次同步会补齐。",
                    "Part of the answer no longer follows what this station holds (it has synced since): that part was "
                        + "passed over; the next sync brings the rest."))
        }
        return lines.joined(separator: "\n")
    }
}

extension Station {
    /// - Throws: ``Problem`` ``Problem/Code/notJoined``, ``Problem/Code/unreadableFile`` of the keys.
    func bundles() throws -> StationBundles {
        let own = folder.sealingKeyPath(of: try membership().device)
        let path = Files.exists(own) ? own : folder.sealingKeyPath
        do {
            return StationBundles(
                replica: replica, keys: keys, signatures: Ed25519(),
                sealing: try SealingKey(privateKey: try SecretFile.read(path)), clock: clock)
        } catch is CodecError {
            throw Problem(.unreadableFile, path)
        }
    }
}
