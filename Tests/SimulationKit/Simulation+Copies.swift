import RecordStore
import SyncEngine
import SyncWire

/// A township whose database becomes an older one: restored from a backup, or a file copied back by hand.
extension Simulation {
    /// A set of the desk that a station could give back.
    struct Escrowed {
        var station: Int
        var act: SimulatedStation.EscrowedAct
        /// What a revocation brings back of the revoked device's own, where the older township can take it.
        var work: [Hash256] = []
    }

    /// Percent of steps in which the township's database is copied aside, where copies are put back.
    private static let keepsTownshipCopies = 5

    /// The database is copied aside, or replaced by what was copied aside.
    func copyTownship() {
        for (kind, fault) in [(SimulatedTownship.CopyKind.backup, Fault.serverRestored), (.file, .serverFilePutBack)]
        where plan.probability(fault) > 0 {
            if random.chance(Self.keepsTownshipCopies) {
                let seed = random.next()
                onTownship("copy") { try township.keepCopy(kind, upgrades: upgrades, seed: seed) }
            }
            if township.hasCopy(kind), strikes(fault) { replaceTownship(by: kind) }
        }
    }

    private func replaceTownship(by kind: SimulatedTownship.CopyKind) {
        perform("an older township") {
            let held = try heldEscrow()
            for station in stations { try station.noteSeen() }
            let counts = township.disk.counts
            guard let version = try township.putBack(kind, seed: random.next()) else { return }
            report.disk += counts
            escrowed = try held.map { held in
                Escrowed(
                    station: held.station, act: held.item.act, work: try held.item.work.map { try expected($0) } ?? [])
            }
            report.revokedWork += Set(escrowed.flatMap(\.work)).count
            history += 1
            let log = try LogSnapshot(township.database)
            let head = try township.head()
            trace("the township is an older one: \(kind), seq \(head)")
            // A copy has its own past: an upgrade since is none of it, whatever the number of its seq.
            upgrades = township.upgrades(ofCopy: kind)
            if version != township.version {
                let revoked = try revokedDevices().intersection(stations.map(\.device))
                upgrades.append(Upgrade(after: head, version: township.version, revoked: revoked))
                try township.retryHeld()
            }
            let acts = Set(log.sets.values.map { SimulatedStation.act($0, township.database.tables.codec) })
            forgetRevokedWork(lackedBy: acts)
            acknowledged.removeAll { !acts.contains($0.act) }
            witness = nil
        }
        check(.replaced)
        noteRevocations()
        check(.decided)
    }

    /// What each station holds of the desk's acts.
    private func heldEscrow() throws -> [(station: Int, item: SimulatedStation.HeldItem)] {
        try stations.filter { !$0.isRevoked }.flatMap { station in
            try station.escrow().map { (station.index, $0) }
        }
    }

    /// What the older township can take of a revoked device's work: when it goes on from what the copy holds.
    private func expected(_ work: RevokedWork) throws -> [Hash256] {
        let codec = township.database.tables.codec
        // What comes behind the last signature is not the device's word.
        let signed = work.signatures.map(\.number).max() ?? 0
        let sets = try work.sets.map { try codec.decode(set: $0) }.filter { $0.number <= signed }
        guard let first = sets.first?.number else { return [] }
        let hash = try township.database.read { snapshot in
            let register = DeviceRegister(snapshot)
            guard let known = try register.device(work.device.device) else {
                return work.device.lineage == nil && first == 1 ? Hash256.zero : nil
            }
            let chain = [Lineage(device: known.state.id, number: UInt64(Int64.max))] + known.state.lineage
            return try register.chainHash(of: chain, at: first - 1)
        }
        return hash == work.previousHash ? sets.map { SimulatedStation.act($0, codec) } : []
    }

    /// The township's word on who is revoked is the people's: it may have come back, or be lost with a backup.
    func noteRevocations() {
        guard !township.disk.isDead else { return }
        perform("register") {
            let revoked = try revokedDevices()
            for station in stations { station.isRevoked = revoked.contains(station.device) }
        }
    }

    /// Notices that the township goes by another id.
    func noteEpoch() {
        guard !township.disk.isDead else { return }
        perform("epoch") {
            if let epoch = try township.epochNow(), epochStarts[epoch] != nil { return }
            let now = try township.identityNow()
            epochStarts[now.epoch] = LogSnapshot.EpochStart(seq: try township.head(), desk: now.desk)
        }
    }
}
