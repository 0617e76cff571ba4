import Assistance
import CommandSupport
import Foundation
import RecordStore
import SyncEngine

/// The township's night: what must hold is checked again, what a person should see is listed.
struct Nightly {
    let township: Township

    struct Report {
        var audit = LogVerification.Report()
        /// The records of the open duplicates, in pairs: proposed for merging, never merged by themselves.
        var duplicates: [[RecordID]] = []
        var openConflicts = 0
        var quarantined = 0
        /// Rows of deleted records that every station has passed.
        var collected = 0
        /// The file of this night's backup.
        var backup: String?
        /// Applications for the elderly allowance that were opened because age and 低保 are on record (R16).
        var candidates: [RecordID] = []
        /// Attachments whose file is not here.
        var waitingBlobs = 0
        /// Files of attachments that were damaged here and set aside.
        var damagedBlobs = 0
        /// What spoke against the database since the last night, whoever met it first; told once.
        var notice: AuditFinding?
        /// The policy ends, or has ended, without a successor (R69).
        var policy: [Finding] = []

        var isSound: Bool { audit.isSound }

        func subjects(_ check: AuditFinding.Check) -> [String] {
            audit.findings.filter { $0.check == check }.map { $0.subject }
        }
    }

    func run() throws -> Report {
        let tables = township.database.tables
        let night = Int(township.clock().milliseconds / 86_400_000)
        let damagedBlobs = try township.setDamagedBlobsAside(share: night % Limits.blobCheckShares)
        try township.sweepBlobs()
        let audit = try township.audit()
        let shelf = try PolicyDesk(township: township).contents().shelf
        if audit.isSound { try findDuplicates(shelf) }
        try township.ledger.refresh()
        return try township.database.read { database in
            var report = Report()
            report.audit = audit
            report.notice = try HeadNotice.kept(in: database)
            report.damagedBlobs = damagedBlobs
            report.policy = shelf.findings + shelf.expiryAlerts(on: township.clock().day)
            report.duplicates = try DuplicateReader(tables: tables, database: database).list().map(\.records)
            report.openConflicts = try tables.conflicts(in: database, includeClosed: false).count
            report.waitingBlobs = try Attachments.waiting(tables: tables, in: database).count
            report.quarantined = try QuarantineReader(database, tables: tables).count()
            return report
        }
    }
}

extension Nightly {
    /// What came before the township looked at each push, and what a push does not show (docs/duplicates.md).
    private func findDuplicates(_ shelf: PolicyShelf) throws {
        let now = township.clock()
        let exclusions = DuplicateFinder.exclusions(of: try? shelf.pack(on: now.day), on: now.day)
        let tables = township.database.tables
        let isUnsettled = try township.database.read {
            try Duplicates.isUnsettled(exclusions: exclusions, tables: tables, in: $0)
        }
        guard isUnsettled else { return }
        try township.database.write { transaction in
            try township.duplicates.lookAtAll(exclusions: exclusions, in: transaction, now: now)
        }
    }

    /// Keeps what the night found, for who looks in the morning.
    func keep(_ report: Report) throws {
        let night = Upkeep.Night(at: township.clock(), isSound: report.isSound, sets: report.audit.sets)
        try township.database.write { transaction in
            try Upkeep.keep(night, in: transaction.database)
            if let notice = report.notice { try HeadNotice.forget(notice, in: transaction) }
        }
    }

    /// Removes the rows of deleted records that every station in use has passed.
    func collect(silentDays: Int) throws -> Int {
        let since = Instant(milliseconds: township.clock().milliseconds - Int64(silentDays) * 86_400_000)
        return try township.database.write { transaction in
            try Tombstones(transaction.database, tables: township.database.tables).collect(silentSince: since)
        }
    }

    /// Writes this night's backup and removes the oldest ones beyond `keep`. Only a sound township is backed up.
    func backUp(to folder: String, keep: Int) throws -> String {
        try DataFolder.create(folder)
        let stamp = township.clock().description.prefix(19).filter { $0 != ":" }
        let file = "\(folder)/ruhu-\(stamp).backup"
        _ = try Backup.write(township, to: file) { _, _ in }
        let all = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasPrefix("ruhu-") && $0.hasSuffix(".backup")
        }.sorted()
        for old in all.dropLast(keep) { try Files.remove("\(folder)/\(old)") }
        return file
    }
}

extension Nightly.Report {
    var document: JSONValue {
        .object([
            ("sound", .bool(isSound)), ("sets", .int(Int64(audit.sets))),
            ("gaps", .int(subjects(.sequence).compactMap { Int64($0) }.reduce(0, +))),
            ("brokenChains", .array(subjects(.chain).map(JSONValue.string))),
            ("wrongDigests", .array(subjects(.digest).map(JSONValue.string))),
            ("audit", audit.document), ("notice", notice.map { .string($0.subject) } ?? .null),
            ("duplicates", .array(duplicates.map { .array($0.map { .string($0.description) }) })),
            ("conflicts", .int(Int64(openConflicts))), ("quarantined", .int(Int64(quarantined))),
            ("collected", .int(Int64(collected))), ("backup", backup.map(JSONValue.string) ?? .null),
            ("candidates", .array(candidates.map { .string($0.description) })),
            ("waitingBlobs", .int(Int64(waitingBlobs))), ("damagedBlobs", .int(Int64(damagedBlobs))),
            ("policy", .array(policy.map { .string($0.message.text()) })),
        ])
    }

    var text: String {
        let lists = [
            isSound ? [] : [L("请停止使用并联系技术人员。", "Stop and call an engineer.")],
            notice.map { notice in
                [
                    L(
                        "上次夜间任务以来，数据库曾与本镇街签过的对不上（\(notice.subject)），已处理；各段历史见上，请核实原因。",
                        "Since the last night the database did not go with what this township signed (\(notice.subject)), which "
                            + "was dealt with; see the histories above, and find out why.")
                ]
            } ?? [],
            duplicates.map { ids in
                L("疑似重复：", "Possible duplicates: ") + ids.map(\.description).joined(separator: "、")
            },
            [
                L(
                    "未决冲突 \(openConflicts) 个，隔离 \(quarantined) 个。",
                    "\(openConflicts) open conflicts, \(quarantined) in quarantine.")
            ],
            policy.map { $0.message.text() },
            candidates.isEmpty
                ? []
                : [
                    L(
                        "新增老年人补贴候选 \(candidates.count) 人。",
                        "\(candidates.count) new candidates for the elderly allowance.")
                ],
            backup.map { [L("已备份到 \($0)", "Backed up to \($0)")] } ?? [],
            damagedBlobs == 0 ? [] : [BlobWords.damaged(damagedBlobs)],
            waitingBlobs == 0
                ? [] : [L("附件未到 \(waitingBlobs) 个。", "\(waitingBlobs) attachments have not arrived.")],
        ]
        return ([audit.text] + lists.flatMap(\.self)).joined(separator: "\n")
    }
}

/// What is said of attachments' files at the township.
enum BlobWords {
    static func damaged(_ count: Int) -> String {
        L(
            "\(count) 份附件的文件在本机损坏，已移到 blobs/damaged；有原件的工作站下次同步时会重新上传。",
            "\(count) attachments' files were damaged here and are in blobs/damaged; a station that has them brings them "
                + "again at its next sync.")
    }
}
