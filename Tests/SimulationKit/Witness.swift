package import RecordStore
package import SyncEngine
import TestSupport

/// A replica that only reads: it begins its bootstrap somewhere in the middle of everybody's work, page by page, and
/// then follows the log.
package final class Witness {
    package let device: DeviceID
    package let replica: ReplicaDatabase
    private let disk: SimulatedDisk
    private let pageLimit: Int

    init(device: DeviceID, scope: Scope, epoch: EpochID, pageLimit: Int, templates: DatabaseTemplates) throws {
        self.device = device
        self.pageLimit = pageLimit
        disk = SimulatedDisk(seed: 0)
        templates.install("replica", .second, on: disk, as: SimulatedStation.databaseName)
        replica = try ReplicaDatabase(
            path: disk.path(SimulatedStation.databaseName), tables: SimulatedSchema.second.tables)
        try replica.write { transaction in
            try transaction.setPosition(
                ReplicaPosition(device: device, epoch: epoch, scopes: [scope], cursor: 0, isBootstrapped: false))
        }
    }

    deinit {
        disk.kill()
        try? replica.queue.close()
    }

    /// One page.
    /// - Parameter tamper: what a deliberate bug does to it.
    /// - Returns: whether more follow.
    @discardableResult func pull(
        from database: AuthorityDatabase, tamper: (inout PullPage) -> Void = { _ in }
    ) throws -> Bool {
        let (position, token) = try replica.read { transaction in
            (try transaction.position(), try Meta.bytes("bootstrap_token", in: transaction.database) ?? [])
        }
        var page = try database.read { snapshot in
            guard let device = try DeviceRegister(snapshot).device(device) else { throw Problem(.unknownDevice) }
            let reader = try PullReader(snapshot, tables: database.tables, device: device.state)
            if position.isBootstrapped { return try reader.page(after: position.cursor, limit: pageLimit) }
            return try reader.bootstrapPage(token: token, limit: pageLimit)
        }
        tamper(&page)
        try replica.write { transaction in
            _ = try PageApplication.apply(page, to: transaction)
            if page.isBootstrap { try Meta.set(page.bootstrapToken, for: "bootstrap_token", in: transaction.database) }
        }
        return page.hasMore
    }

    /// The live records, by id.
    package func records() throws -> [RecordID: Record] {
        try replica.read { transaction in
            var found: [RecordID: Record] = [:]
            for kind in transaction.schema.kinds {
                try transaction.forEachShadow(of: kind) { if !$0.isDeleted { found[$0.id] = $0 } }
            }
            return found
        }
    }
}

extension Simulation {
    private func newWitness(device: DeviceID, pageLimit: Int) throws -> Witness {
        try Witness(
            device: device, scope: stations[0].scope, epoch: try township.identityNow().epoch, pageLimit: pageLimit,
            templates: templates)
    }

    /// The witness comes into being, or takes one page.
    func visitWitness() {
        onTownship("witness") {
            try dismissWitnessOfAnotherHistory()
            guard let witness else {
                guard random.chance(30) else { return }
                let device = DeviceID.v7(milliseconds: now.milliseconds, using: &random)
                try township.enrol(device, scope: stations[0].scope, signer: StandInSigner(number: 2))
                self.witness = try newWitness(device: device, pageLimit: Int.random(in: 1...5, using: &random))
                return
            }
            try witness.pull(from: township.database, tamper: tamperWithBootstrap)
        }
    }

    /// Takes what is left.
    func finishWitness() throws {
        try dismissWitnessOfAnotherHistory()
        guard let witness else { return }
        while try witness.pull(from: township.database, tamper: tamperWithBootstrap) {}
    }

    private func dismissWitnessOfAnotherHistory() throws {
        guard let witness else { return }
        let epoch = try witness.replica.read { try $0.position().epoch }
        if try epoch != township.identityNow().epoch { self.witness = nil }
    }

    /// The same device's replica from a bootstrap of now alone.
    package func freshReplica(like witness: Witness) throws -> Witness {
        let fresh = try newWitness(device: witness.device, pageLimit: Limits.recordsPerPage)
        while try fresh.pull(from: township.database) {}
        return fresh
    }
}
