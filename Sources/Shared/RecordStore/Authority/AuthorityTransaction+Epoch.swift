package import SyncEngine

/// Histories: their beginning, and positions of one as positions of another (DESIGN section 4, Restore).
extension AuthorityTransaction {
    /// Begins a new history that holds the present one up to its head. Open invitations become void, sessions end, and the desk goes on
    /// under a new device, so that its acts of the old history may still come back.
    ///
    /// - Parameters:
    ///   - fork: the last seq that the new history shares with its parent.
    ///   - epoch: the new history's id.
    ///   - desk: the desk's new device.
    ///   - reason: for the register: `restore`, `copy`.
    package func startEpoch(
        fork: Seq, epoch: EpochID, desk: DeviceID, reason: String, at now: Instant
    ) throws {
        let identity = try AuthorityIdentity.read(database)
        try registerEpoch(epoch, parent: identity.epoch, fork: fork, reason: reason, at: now)
        let register = DeviceRegister(database)
        guard var next = try register.device(identity.desk) else { throw Problem(.notInitialised) }
        next.state.id = desk
        next.state.acknowledged = Acknowledgement()
        next.enrolledAt = now
        try register.add(next)
        try Query(database, "UPDATE invitation SET expires_at = 0 WHERE device IS NULL").run()
        // Whoever signed out after the backup was made is not signed in again by it.
        try Query(database, "DELETE FROM sign_in_session").run()
        var after = identity
        after.epoch = epoch
        after.desk = desk
        try after.write(to: database)
        hasNewHistory = true
        forgetHead()
    }

    /// Writes a history into the register.
    package func registerEpoch(
        _ epoch: EpochID, parent: EpochID? = nil, fork: Seq = 0, reason: String = "init", at now: Instant
    ) throws {
        var query = try Query(
            database, "INSERT INTO epoch (id, parent, fork_seq, started_at, reason) VALUES (?, ?, ?, ?, ?)")
        query.bind(epoch)
        query.bind(parent?.bytes)
        query.bind(fork)
        query.bind(now.milliseconds)
        query.bind(reason)
        try query.run()
    }

    /// Cut to the fork point of a history that is over; 0 for one that is not known here.
    package func seq(of base: Base) throws -> Seq {
        let head = try head()
        if base.epoch == head.epoch { return base.seq }
        let known = try EpochReader(database).ancestors().first { $0.epoch == base.epoch }
        return min(base.seq, known?.seq ?? 0)
    }
}
