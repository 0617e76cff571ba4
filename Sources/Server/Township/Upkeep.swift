import CommandSupport
import RecordStore
import SyncEngine

import class GRDB.Database

/// The township's last night and its last backup. They are kept in its own database, outside the log: no station needs
/// them, and what is restored says itself that nothing was backed up since.
struct Upkeep: Equatable, Sendable {
    /// A night job that came to its verdict on the log, the records and the digests.
    struct Night: Equatable, Sendable {
        let at: Instant
        let isSound: Bool
        /// Sets that it looked at.
        let sets: Int
    }

    /// A backup that was written, read back byte by byte and only then put in its place.
    struct LastBackup: Equatable, Sendable {
        let at: Instant
        let file: String
        let bytes: Int
        /// It holds everything up to here.
        let seq: Seq
    }

    /// When the first set was decided here: what was never done is as old as that.
    var since: Instant?
    var night: Night?
    var backup: LastBackup?

    /// Beyond these a person is told. A night begins by the timer's chance up to ten minutes later than the one before.
    enum Age {
        static let soonHours: Int64 = 30
        static let lateDays: Int64 = 7
    }

    /// What somebody has to see to; the commands are in docs/operations.md.
    struct Finding: Equatable, Sendable {
        let message: Label
        let isGrave: Bool
    }

    func findings(at now: Instant) -> [Finding] {
        [night.map { $0.isSound ? nil : Self.unsound } ?? nil, nightFinding(at: now), backupFinding(at: now)]
            .compactMap(\.self)
    }

    private static let unsound = Finding(
        message: Label(
            zh: "夜间核对发现日志或记录不完好：请马上停办、联系技术人员，数据目录原样保留",
            en:
                "The night found the log or the records damaged: stop work, call an engineer, leave the data folder as it is"
        ),
        isGrave: true)

    private func nightFinding(at now: Instant) -> Finding? {
        guard let isGrave = isGrave(night?.at, at: now) else { return nil }
        let what =
            night == nil
            ? Label(zh: "夜间任务从没有运行过", en: "The night job has never run")
            : Label(zh: "夜间任务超过一天没有运行", en: "The night job has not run for more than a day")
        return Finding(
            message: Label(
                zh: what.zh + "：请技术人员启用夜间任务",
                en: what.en + ": ask an engineer to turn the night job on"),
            isGrave: isGrave)
    }

    private func backupFinding(at now: Instant) -> Finding? {
        guard let isGrave = isGrave(backup?.at, at: now) else { return nil }
        let what =
            backup == nil
            ? Label(zh: "还没有备份过", en: "Nothing was ever backed up")
            : isGrave
                ? Label(zh: "超过一周没有备份", en: "No backup for more than a week")
                : Label(zh: "超过一天没有备份", en: "No backup for more than a day")
        return Finding(
            message: Label(
                zh: what.zh + "：请技术人员备份到另一块磁盘",
                en: what.en + ": ask an engineer for one, on another disk"),
            isGrave: isGrave)
    }

    /// - Returns: `nil` for what is young enough.
    private func isGrave(_ last: Instant?, at now: Instant) -> Bool? {
        let age = now.milliseconds - (last ?? since ?? now).milliseconds
        if age > Age.lateDays * 86_400_000 { return true }
        return last == nil || age > Age.soonHours * 3_600_000 ? false : nil
    }
}

// MARK: - Kept

extension Upkeep {
    private static let nightKey = "last_night"
    private static let backupKey = "last_backup"

    static func read(in database: Database) throws -> Upkeep {
        func document(_ key: String) throws -> JSONValue? { try Meta.text(key, in: database).map(JSONValue.parsed) }
        let since = try Query(database, "SELECT min(decided_at) FROM log").first { row in
            row.isNull(0) ? nil : Instant(milliseconds: row.int64(0))
        }
        return Upkeep(
            since: since ?? nil, night: try document(nightKey).flatMap(Night.init),
            backup: try document(backupKey).flatMap(LastBackup.init))
    }

    static func keep(_ night: Night, in database: Database) throws {
        try Meta.set(night.document.compact, for: nightKey, in: database)
    }

    static func keep(_ backup: LastBackup, in database: Database) throws {
        try Meta.set(backup.document.compact, for: backupKey, in: database)
    }
}

extension Upkeep.Night {
    var document: JSONValue {
        .object([("at", .string(at.description)), ("sound", .bool(isSound)), ("sets", .int(Int64(sets)))])
    }

    fileprivate init?(_ document: JSONValue) {
        guard let at = document["at"]?.text.flatMap({ Instant($0) }), case .bool(let isSound) = document["sound"],
            case .int(let sets) = document["sets"]
        else { return nil }
        self.init(at: at, isSound: isSound, sets: Int(sets))
    }
}

extension Upkeep.LastBackup {
    var document: JSONValue {
        .object([
            ("at", .string(at.description)), ("file", .string(file)), ("bytes", .int(Int64(bytes))),
            ("seq", .int(Int64(seq))),
        ])
    }

    fileprivate init?(_ document: JSONValue) {
        guard let at = document["at"]?.text.flatMap({ Instant($0) }), let file = document["file"]?.text,
            case .int(let bytes) = document["bytes"], case .int(let seq) = document["seq"], seq >= 0
        else { return nil }
        self.init(at: at, file: file, bytes: Int(bytes), seq: Seq(seq))
    }
}
