import EdgeClient
import Foundation
import GRDB
import RecordStore
import Server
import SyncEngine
import SyncWire
import TestSupport

/// A world whose stations and township also exchange bundles, by the product's own code.
final class Sticks {
    let world: World
    let exchange: Exchange
    private let keys: [(signer: any Signer, sealing: SealingKey)]

    init(seed: UInt64, places: [String]) throws {
        world = try World(seed: seed, places: places)
        exchange = try Self.township(key: 1, tables: world.authority.tables, now: world.now)
        keys = try places.indices.map { index in
            let secret = [UInt8](repeating: UInt8(10 + index), count: 32)
            return (try Ed25519().signer(privateKey: secret), SealingKey())
        }
        for (station, key) in zip(world.stations, keys) {
            try world.authority.write { transaction in
                try transaction.database.execute(
                    sql: "UPDATE device SET signing_key = ?, sealing_key = ? WHERE id = ?",
                    arguments: [
                        Data(key.signer.publicKey), Data(key.sealing.publicKey), Data(station.device.bytes),
                    ])
            }
            try station.replica.write { transaction in
                try Meta.set(exchange.signer.publicKey, for: "server_key", in: transaction.database)
                try Meta.set(exchange.sealing.publicKey, for: "server_sealing_key", in: transaction.database)
            }
        }
    }

    static func township(key: UInt8, tables: RecordTables, now: Instant) throws -> Exchange {
        let signer = try Ed25519().signer(privateKey: [UInt8](repeating: key, count: 32))
        let escrow = Escrow(seal: { $0 }, open: { $0 })
        return Exchange(
            tables: tables,
            desk: Desk(region: World.region, signer: signer, codec: tables.codec, escrow: escrow), signer: signer,
            sealing: SealingKey(), signatures: Ed25519(), nonces: NonceIssuer(secret: [1, 2, 3]),
            clock: { now }, newID: { _ in RecordID(high: 1, low: 1) })
    }

    func bundles(_ station: Int) -> StationBundles {
        StationBundles(
            replica: world.stations[station].replica, blobs: NoBlobs(), keys: OneKey(signer: keys[station].signer),
            signatures: Ed25519(),
            sealing: keys[station].sealing, clock: { [world] in world.now })
    }

    /// A written stick: its bytes, and what was told of it.
    func export(_ station: Int) throws -> (file: [UInt8], told: StationBundles.Export) {
        let stick = Stick()
        let told = try bundles(station).export { stick.bytes += $0 }
        return (stick.bytes, told)
    }

    func answer(_ bundle: [UInt8], by other: Exchange? = nil) throws -> (file: [UInt8], told: BundleAnswer) {
        let stick = Stick()
        let told = try (other ?? exchange).answer(
            bundle: Stick.reading(bundle), database: world.authority, write: { stick.bytes += $0 })
        return (stick.bytes, told)
    }

    @discardableResult func apply(_ station: Int, _ file: [UInt8]) throws -> StationBundles.Import {
        try bundles(station).apply(Stick.reading(file))
    }

    /// An answer that a township with the true keys makes up.
    func forged(_ station: Int, _ reply: BundleReply, _ pieces: [BundleReply.Piece]) throws -> [UInt8] {
        let stick = Stick()
        var writer = try BundleWriter(
            .toStation, township: exchange.signer.publicKey, device: world.stations[station].device,
            to: keys[station].sealing.publicKey, signedBy: exchange.signer, first: reply.encoded,
            write: { stick.bytes += $0 })
        for piece in pieces { try writer.append(piece.encoded) }
        try writer.finish()
        return stick.bytes
    }

    /// There and back.
    @discardableResult func carry(_ station: Int) throws -> StationBundles.Import {
        try apply(station, try answer(try export(station).file).file)
    }

    func seq() throws -> Seq {
        try world.authority.read { try LogReader($0, tables: world.authority.tables).head().seq }
    }

    func position(_ station: Int) throws -> ReplicaPosition {
        try world.stations[station].replica.read { try $0.position() }
    }
}

/// A station that never forks.
private struct OneKey: StationKeys {
    let signer: any Signer

    func signer(of device: DeviceID) -> any Signer { signer }
    func forkKeys(from parent: DeviceID) throws -> (signer: any Signer, sealingPublicKey: [UInt8]) {
        throw Problem(.internalError)
    }
    func adopt(_ device: DeviceID, from parent: DeviceID) throws { throw Problem(.internalError) }
    func forgetForkKeys(from parent: DeviceID) throws { throw Problem(.internalError) }
}

/// A file in memory.
final class Stick {
    var bytes: [UInt8] = []

    static func reading(_ bytes: [UInt8]) -> BundleReader.Read {
        { offset, count in Array(bytes.dropFirst(Int(offset)).prefix(count)) }
    }
}

/// A station without photos.
private struct NoBlobs: BlobStore {
    func size(of blob: Hash256) -> UInt64? { nil }
    func received(_ blob: Hash256, by owner: String) -> UInt64 { 0 }
    func unfinished(by owner: String) -> [Hash256] { [] }
    func isSound(_ blob: Hash256, size: UInt64) -> Bool { false }
    func discardOldestUnfinished(by owner: String) {}
    func add(_ part: BlobPart, by owner: String) throws -> BlobStatus { throw Problem(.unknownBlob) }
    func read(_ blob: Hash256, at offset: UInt64, count: Int) throws -> [UInt8] { throw Problem(.unknownBlob) }
}
