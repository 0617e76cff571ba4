import EdgeClient
import Foundation
import ProgramRunner
import SyncEngine
import SyncWire

/// A sync with nothing to do.
enum IdleRows: RowGroup {
    static let name = "idle"
    static let abstract = "a sync with nothing to do: bytes, requests, the server's CPU"
    static let rows: [Row] = [.idleBytes, .idleTrips, .idleServer, .idleServerKept, .idleTime]

    static func run(_ sizes: Sizes, into report: inout Report) throws {
        let folder = try TemporaryFolder()
        let township = try BenchTownship(in: folder.url, records: sizes.records)
        defer { township.stop() }
        try township.first.sync()
        let synced = try township.first.sync()
        let bytes = (synced["bytes"]["sent"].int ?? 0) + (synced["bytes"]["received"].int ?? 0)
        report.add(.idleBytes, Double(bytes))
        report.add(.idleTrips, Double(try requests(township)))
        let costs = try (0..<sizes.idleRuns).map { _ in
            try Cost.of(township.server) { try township.first.sync() }.cost
        }
        report.add(.idleServer, costs.map { $0.server * 1_000 })
        report.add(.idleServerKept, try kept(township, runs: sizes.idleRuns))
        report.add(.idleTime, costs.map { $0.seconds * 1_000 })
    }

    /// Of a station that reaches the server through a proxy that counts.
    private static func requests(_ township: BenchTownship) throws -> Int {
        let proxy = try FaultProxy(to: township.server.port, seed: 1, percent: 0)
        let station = VillageStation(in: township.first.folder.deletingLastPathComponent(), name: "counted")
        let code = try township.server.invite(village: BenchTownship.village, staff: "李建国")
        guard try station.run("join", proxy.url, code).code == 0 else { throw ProgramFailure("join") }
        for _ in 0..<2 { try station.sync() }
        let before = proxy.requests
        try station.sync()
        return proxy.requests - before
    }

    /// In this process, over one connection.
    /// - Returns: milliseconds of the server's.
    private static func kept(_ township: BenchTownship, runs: Int) throws -> [Double] {
        let replica = try township.first.replica()
        let courier = try township.first.courier(replica, url: township.server.url)
        let syncer = Syncer(replica: replica, courier: courier, keys: OwnKey(key: try township.first.signer()))
        var session = SyncSession()
        try syncer.run(&session)
        return try (0..<runs).map { _ in
            let before = township.server.processorSeconds
            var session = SyncSession()
            try syncer.run(&session)
            return (township.server.processorSeconds - before) * 1_000
        }
    }

    /// Of a station that is no copy of another.
    private struct OwnKey: StationKeys {
        let key: any Signer

        func signer(of device: DeviceID) throws -> any Signer { key }
        func forkKeys(from parent: DeviceID) throws -> (signer: any Signer, sealingPublicKey: [UInt8]) {
            throw ProgramFailure("a copy")
        }
        func adopt(_ device: DeviceID, from parent: DeviceID) throws { throw ProgramFailure("a copy") }
        func forgetForkKeys(from parent: DeviceID) throws { throw ProgramFailure("a copy") }
    }
}
