import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// The stations of the villages, and what the township knows of their work.
struct StationReader {
    let tables: RecordTables
    let database: Database
    let now: Instant

    /// Days without a word after which a station is looked after.
    enum Silence {
        static let soonDays: Int64 = 3
        static let lateDays: Int64 = 7
    }

    struct Station {
        let device: RegisteredDevice
        /// Sets of the log that it had not fetched when it last asked, other villages' included.
        let lag: Seq
        /// Whole days since it was last heard of, or was enrolled.
        let silentDays: Int64
        /// Its sets whose author's clock was ahead by more than a day.
        let flagged: Int
        let quarantined: Int
        /// Attachments of its villages whose files have not come.
        let waiting: Int

        var isInUse: Bool { !device.state.isRevoked }
        var isLate: Bool { isInUse && silentDays >= Silence.lateDays }
        var isSilent: Bool { isInUse && silentDays >= Silence.soonDays }
        /// When it was last heard of, or was enrolled.
        var heard: Instant { device.lastSeen ?? device.enrolledAt }
    }

    /// When the last night began that is over: stations sync by themselves from 21:00 on (deploy/ruhu-nightly.timer), and who
    /// has not come by 6:00 comes another night.
    static func lastNight(before now: Instant) -> Instant {
        let hour: Int64 = 3_600_000
        let midnight = Int64(now.day.daysSinceEpoch) * 24 * hour - Instant.chinaOffsetMilliseconds
        let isOver = now.milliseconds >= midnight + 6 * hour
        return Instant(milliseconds: midnight - (isOver ? 3 : 27) * hour)
    }

    /// Those not heard of for longest first; revoked ones last.
    func stations() throws -> [Station] {
        let head = try LogReader(database, tables: tables).head().seq
        let flagged = try counts("SELECT device, count(*) FROM log WHERE is_flagged = 1 GROUP BY device")
        let quarantined = try counts("SELECT device, count(*) FROM quarantine WHERE state = 'open' GROUP BY device")
        let waiting = try waitingByScope()
        return try DeviceRegister(database).everyStation().map { device in
            // Of a stranger nothing is known: it is neither silent nor behind.
            let heard = device.isStranger ? now : device.lastSeen ?? device.enrolledAt
            return Station(
                device: device, lag: device.isStranger ? 0 : head - min(head, device.cursor),
                silentDays: Int64(max(0, now.day.daysSinceEpoch - heard.day.daysSinceEpoch)),
                flagged: flagged[device.state.id] ?? 0, quarantined: quarantined[device.state.id] ?? 0,
                waiting: waiting.reduce(0) { device.state.scopes.cover($1.key) ? $0 + $1.value : $0 })
        }.sorted { one, other in
            if one.device.state.isRevoked != other.device.state.isRevoked { return other.device.state.isRevoked }
            return (one.device.lastSeen ?? one.device.enrolledAt, one.device.state.id)
                < (other.device.lastSeen ?? other.device.enrolledAt, other.device.state.id)
        }
    }

    private func counts(_ sql: String) throws -> [DeviceID: Int] {
        let rows = try Query(database, sql).all { ($0.id(0), $0.int(1)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Attachments whose file is not here, by village.
    func waitingByScope() throws -> [Scope: Int] {
        let rows = try Query(
            database,
            "SELECT scope, count(*) FROM \(Attachment.kindName) WHERE arrived_at IS NULL AND deleted = 0 GROUP BY scope"
        ).all { (Scope($0.text(0)), $0.int(1)) }
        return Dictionary(rows) { first, _ in first }
    }
}

/// What the township does about a station.
struct StationDesk {
    let township: Township

    /// The station can neither send nor fetch any more; what it has not sent stays on it. An act of the desk like every
    /// other: the register follows the record. A township that was restored may not know it: it is kept out all the same.
    /// - Returns: the station as it was; and the seq, `nil` when it was revoked already.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``.
    func revoke(_ id: DeviceID, act: Desk.Act) throws -> (RegisteredDevice, Seq?) {
        try township.database.write { transaction in
            let known = try station(id, in: transaction)
            guard !known.state.isRevoked else { return (known, nil) }
            let writes: [FieldWrite] = [
                .set("device", .text(known.state.id.description)), .set("staff", .text(known.staff)),
                .set("reason", .text(act.reason)),
            ]
            let draft = Draft(
                kind: DeviceRevocation.kind, record: Township.newID(at: act.now), operation: .create, writes: writes)
            return (known, try township.desk.act([draft], act, in: transaction)?.seq)
        }
    }

    static func unknown(_ text: String) -> Problem {
        Problem(
            .unknownRecord, text,
            hint: Label(
                zh: "请用 ruhu-server devices 查工作站编号。", en: "ruhu-server devices lists the stations with their ids."))
    }

    private func station(_ id: DeviceID, in transaction: AuthorityTransaction) throws -> RegisteredDevice {
        let known = try DeviceRegister(transaction.database).device(id)
        if let known, !known.state.isDesk { return known }
        guard known == nil, try !EpochReader(transaction.database).ancestors().isEmpty else {
            throw Self.unknown(id.description)
        }
        return RegisteredDevice(stranger: id, isRevoked: try transaction.revocation(of: id) != nil)
    }
}
