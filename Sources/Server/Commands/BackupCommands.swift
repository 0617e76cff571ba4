import ArgumentParser
import CommandSupport
import SyncEngine

struct BackupCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "backup", abstract: L("备份到一个文件，服务可以照常运行", "Back up to one file, while it serves"),
            discussion: L(
                "文件里有密钥，请放到别的磁盘上妥善保管。", "The file holds the keys: keep it safe, on another disk."))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("备份文件", "The backup file"))) var file: String

    func run() throws {
        try Files.checkName(file)
        let township = try options.township()
        let bar = ProgressBar(label: L("备份", "Backup"))
        let written = try FreeSpace.explained(Files.parent(of: file)) {
            try Backup.write(township, to: file) { bar.update(completed: $0, total: $1) }
        }
        bar.finish()
        options.output.write(
            .object([
                ("file", .string(file)), ("bytes", .int(Int64(written.bytes))),
                ("epoch", .string(written.manifest.epoch)), ("seq", .int(Int64(written.manifest.seq))),
                ("files", .int(Int64(written.manifest.entries.count))),
                ("damagedBlobs", .int(Int64(written.damagedBlobs))),
            ]),
            text: L(
                "已备份到 \(file)，截至序号 \(written.manifest.seq)。",
                "Backed up to \(file), up to seq \(written.manifest.seq).")
                + (written.damagedBlobs == 0 ? "" : "\n" + BlobWords.damaged(written.damagedBlobs)))
    }
}

struct RestoreCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "restore", abstract: L("从备份恢复到一个空的数据目录", "Bring a township back into an empty data folder"),
            discussion: L(
                "恢复后是一个新的历史：各工作站下次同步时会把备份之后的内容重新上报，未用的邀请码作废。",
                "It becomes a new history: stations offer again what the backup had not seen; open invitations are void."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("备份文件", "The backup file"))) var file: String

    func run() throws {
        let bar = ProgressBar(label: L("恢复", "Restore"))
        let folder = try options.folder()
        let (township, manifest) = try FreeSpace.explained(Files.parent(of: folder.path)) {
            try Backup.restore(file, to: folder, clock: SystemClock.now) { bar.update(completed: $0, total: $1) }
        }
        bar.finish()
        options.output.write(
            .object([
                ("epoch", .string(township.identity.epoch.description)), ("parent", .string(manifest.epoch)),
                ("seq", .int(Int64(manifest.seq))), ("name", .string(manifest.name)),
                ("region", .string(manifest.region)), ("backedUpAt", .string(manifest.createdAt)),
            ]),
            text: L(
                "已恢复 \(manifest.name) 到 \(manifest.createdAt) 的备份（序号 \(manifest.seq)）。请通知各村尽快同步。",
                "Restored \(manifest.name) from \(manifest.createdAt) (seq \(manifest.seq)). Ask every village to sync."
            ))
    }
}
