package import GRDB
package import SyncEngine

/// A device, as the township registered it.
package struct RegisteredDevice: Hashable, Sendable {
    package var state: DeviceState
    package var station: String
    package var staff: String
    /// Ed25519, 32 bytes.
    package var signingKey: [UInt8]
    /// X25519, 32 bytes.
    package var sealingKey: [UInt8]
    package var certificate: [UInt8]
    package var enrolledAt: Instant
    package var revokedAt: Instant?
    package var lastSeen: Instant?
    /// The cursor it last stated.
    package var cursor: Seq
    /// Signing keys of the devices in its lineage.
    package var ancestorKeys: [DeviceID: [UInt8]] = [:]

    package init(
        state: DeviceState, station: String, staff: String, signingKey: [UInt8], sealingKey: [UInt8],
        certificate: [UInt8] = [], enrolledAt: Instant
    ) {
        self.state = state
        self.station = station
        self.staff = staff
        self.signingKey = signingKey
        self.sealingKey = sealingKey
        self.certificate = certificate
        self.enrolledAt = enrolledAt
        cursor = 0
    }

    /// One that the register does not know.
    package init(stranger id: DeviceID, staff: String = "", isRevoked: Bool) {
        self.init(
            state: DeviceState(id: id, isDesk: false, scopes: []), station: "", staff: staff, signingKey: [],
            sealingKey: [], enrolledAt: Instant(milliseconds: 0))
        state.isRevoked = isRevoked
    }

    /// Known by its revocation alone, after a restore: neither its village nor when it was enrolled is known.
    package var isStranger: Bool { signingKey.isEmpty }
}

/// An invitation, bound to a person and a village; good once.
package struct Invitation: Hashable, Sendable {
    /// SHA-256 of the code's secret: the secret itself is kept nowhere.
    package var secretHash: Hash256
    package var scope: Scope
    package var staff: String
    package var createdAt: Instant
    package var expiresAt: Instant
    /// Who used it, with which key.
    package var device: DeviceID?
    package var signingKey: [UInt8]?

    package init(secretHash: Hash256, scope: Scope, staff: String, createdAt: Instant, expiresAt: Instant) {
        self.secretHash = secretHash
        self.scope = scope
        self.staff = staff
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Who may join where and until when, and who did.
    fileprivate var statement: [UInt8] {
        var statement = RowStatement("invitation")
        statement.append(secretHash.bytes)
        statement.append(scope.code)
        statement.append(staff)
        for instant in [createdAt, expiresAt] { statement.append(instant.milliseconds) }
        statement.append(device?.bytes)
        statement.append(signingKey)
        return statement.bytes
    }

    /// A new history has made it void: it says nothing any more.
    fileprivate var isVoid: Bool { device == nil && expiresAt.milliseconds == 0 }
}

/// Devices and invitations, inside one transaction or snapshot.
package struct DeviceRegister {
    let database: Database

    package init(_ database: Database) { self.database = database }

    private static let columns = """
        SELECT d.id, d.is_desk, d.station, d.staff, d.signing_key, d.sealing_key, d.certificate, d.enrolled_at,
        d.revoked_at, d.acknowledged, d.last_hash, d.cursor, d.last_seen,
        (SELECT group_concat(scope, ' ') FROM device_scope s WHERE s.device = d.id), d.parent, d.parent_number
        FROM device d
        """

    package func device(_ id: DeviceID) throws -> RegisteredDevice? {
        var query = try Query(database, Self.columns + " WHERE d.id = ?")
        query.bind(id)
        return try query.first(Self.read).map(completed)
    }

    package func device(signingKey: [UInt8]) throws -> RegisteredDevice? {
        var query = try Query(database, Self.columns + " WHERE d.signing_key = ? ORDER BY d.enrolled_at DESC LIMIT 1")
        query.bind(signingKey)
        return try query.first(Self.read).map(completed)
    }

    /// With the whole lineage; and with the hash its own chain begins after, which may have come only after it.
    private func completed(_ device: RegisteredDevice) throws -> RegisteredDevice {
        guard let parent = device.state.lineage.first else { return device }
        var device = device
        var next: Lineage? = parent
        device.state.lineage = []
        while let link = next, device.ancestorKeys[link.device] == nil {
            device.state.lineage.append(link)
            var query = try Query(database, Self.columns + " WHERE d.id = ?")
            query.bind(link.device)
            guard let ancestor = try query.first(Self.read) else { break }
            device.ancestorKeys[link.device] = ancestor.signingKey
            next = ancestor.state.lineage.first.map {
                Lineage(device: $0.device, number: min($0.number, link.number))
            }
        }
        if device.state.acknowledged.number == parent.number,
            let hash = try chainHash(of: device.state.lineage, at: parent.number)
        {
            device.state.acknowledged.hash = hash
        }
        return device
    }

    /// The chain's hash after that number, whichever of the lineage the set is of.
    package func chainHash(of lineage: [Lineage], at number: UInt64) throws -> Hash256? {
        if number == 0 { return .zero }
        for link in lineage where number <= link.number {
            var query = try Query(
                database, "SELECT hash FROM log WHERE device = ? AND number = ? ORDER BY seq LIMIT 1")
            query.bind(link.device)
            query.bind(number)
            if let hash = try query.first({ Hash256(bytes: $0.bytes(0)) }) ?? nil { return hash }
        }
        return nil
    }

    /// The chain hashes of a device's decided sets, `limit` of them from number `first` on.
    package func chain(of device: DeviceID, from first: UInt64, limit: Int) throws -> [Hash256] {
        var query = try Query(
            database,
            "SELECT hash FROM log WHERE device = ? AND number >= ? AND is_release = 0 ORDER BY number LIMIT ?")
        query.bind(device)
        query.bind(first)
        query.bind(limit)
        return try query.all { Hash256(bytes: $0.bytes(0)) ?? .zero }
    }

    /// Keeps what a station said had become of its sets in histories that are over.
    package func keep(_ earlier: [EarlierOutcome], of device: DeviceID) throws {
        for item in earlier {
            var query = try Query(
                database,
                """
                INSERT OR IGNORE INTO earlier_outcome (device, number, epoch, seq, result) VALUES (?, ?, ?, ?, ?)
                """)
            query.bind(device)
            query.bind(item.outcome.number)
            query.bind(item.epoch)
            query.bind(item.outcome.seq)
            query.bind(Int64(item.outcome.result.rawValue))
            try query.run()
        }
    }

    /// Devices whose revocation is recorded and that the register does not know: it was brought back from before their
    /// enrolment. Of them only the id and the person are known; the times are those of no enrolment.
    package func revokedStrangers() throws -> [RegisteredDevice] {
        let strangers = try Query(
            database,
            """
            SELECT r.device, r.staff FROM revocation r LEFT JOIN device d ON d.id = r.device
            WHERE r.deleted = 0 AND d.id IS NULL GROUP BY r.device ORDER BY min(r.seq)
            """
        ).all { ($0.id(0), $0.isNull(1) ? "" : $0.text(1)) }
        return strangers.map { RegisteredDevice(stranger: $0, staff: $1, isRevoked: true) }
    }

    /// Every station that the township can name: those of the register, and revoked ones that it does not know.
    package func everyStation() throws -> [RegisteredDevice] { try stations() + revokedStrangers() }

    /// Everything in the register, the desk's devices too.
    package func everyDevice() throws -> [RegisteredDevice] {
        try Query(database, Self.columns + " ORDER BY d.enrolled_at, d.id").all(Self.read)
    }

    /// Devices of which the log holds a revocation, and whether one of them stands.
    package func recordedRevocations() throws -> [DeviceID: Bool] {
        let rows = try Query(
            database, "SELECT device, min(deleted) FROM revocation WHERE device IS NOT NULL GROUP BY device"
        ).all { ($0.id(0), !$0.bool(1)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// All but the desk, by enrolment.
    package func stations() throws -> [RegisteredDevice] {
        try Query(database, Self.columns + " WHERE d.is_desk = 0 ORDER BY d.enrolled_at, d.id").all(Self.read)
    }

    private static func read(_ row: Columns) throws -> RegisteredDevice {
        guard let hash = Hash256(bytes: row.bytes(10)) else { throw Problem(.storage, "device.last_hash") }
        let scopes = Scope.list(row.text(13)).sorted()
        let state = DeviceState(
            id: row.id(0), isDesk: row.bool(1), scopes: scopes,
            acknowledged: Acknowledgement(number: row.uint64(9), hash: hash), isRevoked: !row.isNull(8))
        var device = RegisteredDevice(
            state: state, station: row.text(2), staff: row.text(3), signingKey: row.bytes(4), sealingKey: row.bytes(5),
            certificate: row.bytes(6), enrolledAt: Instant(milliseconds: row.int64(7)))
        device.revokedAt = row.isNull(8) ? nil : Instant(milliseconds: row.int64(8))
        if !row.isNull(14) {
            device.state.lineage = [Lineage(device: row.id(14), number: row.uint64(15))]
        }
        device.cursor = row.uint64(11)
        device.lastSeen = row.isNull(12) ? nil : Instant(milliseconds: row.int64(12))
        return device
    }

    package func add(_ device: RegisteredDevice) throws {
        var query = try Query(
            database,
            """
            INSERT INTO device (id, is_desk, station, staff, signing_key, sealing_key, certificate, enrolled_at,
            acknowledged, last_hash, parent, parent_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        query.bind(device.state.id)
        query.bind(device.state.isDesk)
        query.bind(device.station)
        query.bind(device.staff)
        query.bind(device.signingKey)
        query.bind(device.sealingKey)
        query.bind(device.certificate)
        query.bind(device.enrolledAt.milliseconds)
        query.bind(device.state.acknowledged.number)
        query.bind(device.state.acknowledged.hash.bytes)
        query.bind(device.state.lineage.first?.device.bytes)
        query.bind(device.state.lineage.first.map { Int64($0.number) })
        try query.run()
        for scope in device.state.scopes {
            var grant = try Query(database, "INSERT INTO device_scope (device, scope) VALUES (?, ?)")
            grant.bind(device.state.id)
            grant.bind(scope.code)
            try grant.run()
        }
    }

    package func revoke(_ id: DeviceID, reason: String, at now: Instant) throws {
        var query = try Query(
            database, "UPDATE device SET revoked_at = ?, revoke_reason = ? WHERE id = ? AND revoked_at IS NULL")
        query.bind(now.milliseconds)
        query.bind(reason)
        query.bind(id)
        try query.run()
    }

    /// Remembers when a device was heard of, and the cursor it stated.
    package func saw(_ id: DeviceID, cursor: Seq?, at now: Instant) throws {
        var query = try Query(
            database, "UPDATE device SET last_seen = ?, cursor = max(cursor, coalesce(?, cursor)) WHERE id = ?")
        query.bind(now.milliseconds)
        query.bind(cursor.map { Int64($0) })
        query.bind(id)
        try query.run()
    }

    package func keepSignature(_ signature: [UInt8], device: DeviceID, through number: UInt64) throws {
        var query = try Query(
            database, "INSERT OR REPLACE INTO frame_signature (device, number, signature) VALUES (?, ?, ?)")
        query.bind(device)
        query.bind(number)
        query.bind(signature)
        try query.run()
    }

    /// A device's signatures over its chain, by the number of the last set that each is over.
    package func signatures(of device: DeviceID, over numbers: ClosedRange<UInt64>) throws -> [(UInt64, [UInt8])] {
        var query = try Query(
            database,
            "SELECT number, signature FROM frame_signature WHERE device = ? AND number BETWEEN ? AND ? ORDER BY number")
        query.bind(device)
        query.bind(numbers.lowerBound)
        query.bind(numbers.upperBound)
        return try query.all { ($0.uint64(0), $0.bytes(1)) }
    }

    /// A device's sets that were decided after a seq, as they were committed, in order of their numbers.
    /// - Parameter bytes: not more than so many.
    package func handedIn(
        by device: DeviceID, after seq: Seq, bytes limit: Int
    ) throws -> [(number: UInt64, bytes: [UInt8])] {
        var query = try Query(
            database,
            """
            SELECT number, bytes FROM log WHERE device = ? AND seq > ? AND is_release = 0 AND bytes IS NOT NULL
            ORDER BY number LIMIT ?
            """)
        query.bind(device)
        query.bind(seq)
        query.bind(Limits.setsPerFrame)
        var sets: [(number: UInt64, bytes: [UInt8])] = []
        var size = 0
        try query.forEach { row in
            let set = (number: row.uint64(0), bytes: row.bytes(1))
            size += set.bytes.count
            guard size <= limit, sets.last.map({ $0.number + 1 == set.number }) ?? true else { return false }
            sets.append(set)
            return true
        }
        return sets
    }

    /// The sets with this number that devices forked off from this one have handed in.
    package func sets(ofCopiesOf device: DeviceID, number: UInt64) throws -> [[UInt8]] {
        var query = try Query(
            database,
            """
            SELECT l.bytes FROM device d JOIN log l ON l.device = d.id AND l.number = ?
            WHERE d.parent = ? AND l.is_release = 0 AND l.bytes IS NOT NULL ORDER BY l.seq
            """)
        query.bind(number)
        query.bind(device)
        return try query.all { $0.bytes(0) }
    }

    // MARK: - Invitations

    package func add(_ invitation: Invitation, by attester: Attester) throws {
        var query = try Query(
            database,
            """
            INSERT INTO invitation (secret_hash, scope, staff, created_at, expires_at, signature)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        query.bind(invitation.secretHash.bytes)
        query.bind(invitation.scope.code)
        query.bind(invitation.staff)
        query.bind(invitation.createdAt.milliseconds)
        query.bind(invitation.expiresAt.milliseconds)
        query.bind(try attester.sign(invitation.statement))
        try query.run()
    }

    private static let invitations = """
        SELECT secret_hash, scope, staff, created_at, expires_at, device, signing_key, signature FROM invitation
        """

    /// - Returns: `nil` for none, and for one that the township did not make.
    package func invitation(secretHash: Hash256, by attester: Attester) throws -> Invitation? {
        var query = try Query(database, Self.invitations + " WHERE secret_hash = ?")
        query.bind(secretHash.bytes)
        guard let (invitation, signature) = try query.first(Self.readInvitation),
            invitation.isVoid || attester.isOwn(signature, invitation.statement)
        else { return nil }
        return invitation
    }

    private static func readInvitation(_ row: Columns) -> (made: Invitation, signature: [UInt8]) {
        var invitation = Invitation(
            secretHash: Hash256(bytes: row.bytes(0)) ?? .zero, scope: Scope(row.text(1)), staff: row.text(2),
            createdAt: Instant(milliseconds: row.int64(3)), expiresAt: Instant(milliseconds: row.int64(4)))
        invitation.device = row.isNull(5) ? nil : row.id(5)
        invitation.signingKey = row.isNull(6) ? nil : row.bytes(6)
        return (invitation, row.bytes(7))
    }

    /// Invitations that the township did not make as they are.
    package func foreignInvitations(by attester: Attester) throws -> [AuditFinding] {
        try Query(database, Self.invitations + " ORDER BY created_at").all(Self.readInvitation)
            .filter { !$0.made.isVoid && !attester.isOwn($0.signature, $0.made.statement) }
            .map { AuditFinding(.attestation, "invitation \($0.made.scope.code) \($0.made.createdAt)") }
    }

    /// Signs what is there from before invitations were signed.
    package func adoptInvitations(by attester: Attester) throws {
        for (invitation, _) in try Query(database, Self.invitations + " WHERE signature IS NULL").all(
            Self.readInvitation)
        {
            var query = try Query(database, "UPDATE invitation SET signature = ? WHERE secret_hash = ?")
            query.bind(try attester.sign(invitation.statement))
            query.bind(invitation.secretHash.bytes)
            try query.run()
        }
    }

    package func use(
        _ invitation: Invitation, by device: DeviceID, signingKey: [UInt8], attester: Attester
    ) throws {
        var used = invitation
        (used.device, used.signingKey) = (device, signingKey)
        var query = try Query(
            database, "UPDATE invitation SET device = ?, signing_key = ?, signature = ? WHERE secret_hash = ?")
        query.bind(device)
        query.bind(signingKey)
        query.bind(try attester.sign(used.statement))
        query.bind(invitation.secretHash.bytes)
        try query.run()
    }
}
