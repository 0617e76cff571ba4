import EdgeClient
import RecordStore
import Server
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// A bundle that is altered, cut, or somebody else's is refused with the reason, and nothing changes.
@Suite struct RefusedBundlesTests {
    private let sticks: Sticks

    init() throws {
        sticks = try Sticks(seed: 1, places: ["370404101201", "370404101202"])
        try sticks.world.new(0, Sample.root, .set("latest", .text("张三")))
    }

    private func expect(_ code: Problem.Code, _ body: () throws -> Void) throws {
        let seq = try sticks.seq()
        let positions = try (0..<2).map { try sticks.position($0) }
        #expect(#expect(throws: Problem.self) { try body() }?.code == code)
        #expect(try sticks.seq() == seq)
        #expect(try (0..<2).map { try sticks.position($0) } == positions)
        #expect(try sticks.world.stations[0].replica.read { try $0.pendingCount() } == 1)
    }

    @Test func oneAlteredByteAnywhereIsNoticedByBothSides() throws {
        let request = try sticks.bundles(0).export().file
        for index in request.indices {
            var altered = request
            altered[index] ^= 1
            try expect(.notABundle) { _ = try sticks.answer(altered) }
        }
        let answer = try Sticks(seed: 2, places: ["370404101201"]).refusalSample()
        for index in answer.file.indices {
            var altered = answer.file
            altered[index] ^= 0x80
            #expect(throws: Problem.self) { try answer.bundles.apply(altered) }
        }
    }

    @Test func alteredContentUnderAFreshChecksumFailsItsSignature() throws {
        var bundle = try SealedBundle(file: try sticks.bundles(0).export().file)
        bundle.sealed[bundle.sealed.count / 2] ^= 1
        try expect(.badSignature) { _ = try sticks.answer(bundle.file) }
        bundle = try SealedBundle(file: try sticks.bundles(0).export().file)
        bundle.encapsulatedKey[3] ^= 1
        try expect(.badSignature) { _ = try sticks.answer(bundle.file) }
        bundle = try SealedBundle(file: try sticks.bundles(0).export().file)
        bundle.device = sticks.world.stations[1].device
        try expect(.badSignature) { _ = try sticks.answer(bundle.file) }
    }

    @Test func aCutFileIsRefusedWhole() throws {
        let file = try sticks.bundles(0).export().file
        for count in stride(from: 0, to: file.count, by: 7) {
            try expect(.notABundle) { _ = try sticks.answer(Array(file.prefix(count))) }
        }
        try expect(.notABundle) { _ = try sticks.answer(file + [0]) }
    }

    @Test func anotherTownshipsBundleIsRefused() throws {
        let file = try sticks.bundles(0).export().file
        let other = try Sticks.township(key: 9, tables: World.tables, now: sticks.world.now)
        try expect(.bundleForAnother) { _ = try other.answer(bundle: file, database: sticks.world.authority) }
    }

    @Test func whatIsSealedToAnotherKeyCannotBeOpened() throws {
        let own = sticks.exchange
        let other = Exchange(
            tables: own.tables, desk: own.desk, signer: own.signer, sealing: SealingKey(),
            signatures: own.signatures, nonces: own.nonces, clock: own.clock, newID: own.newID)
        let file = try sticks.bundles(0).export().file
        try expect(.notABundle) { _ = try other.answer(bundle: file, database: sticks.world.authority) }
    }

    @Test func aRevokedDevicesBundleIsRefused() throws {
        let file = try sticks.bundles(0).export().file
        let device = sticks.world.stations[0].device
        try sticks.world.authority.write {
            try DeviceRegister($0.database).revoke(device, reason: "lost", at: sticks.world.now)
        }
        try expect(.revoked) { _ = try sticks.answer(file) }
    }

    @Test func anUnknownDevicesBundleIsRefused() throws {
        let strangers = try Sticks(seed: 77, places: ["370404101201"])
        try strangers.world.new(0, Sample.root, .set("latest", .text("x")))
        try expect(.unknownDevice) { _ = try sticks.answer(try strangers.bundles(0).export().file) }
    }

    @Test func anAnswerIsReadByItsOwnStationOnly() throws {
        let request = try sticks.bundles(1).export().file
        let answer = try sticks.answer(request).file
        try expect(.bundleForAnother) { _ = try sticks.bundles(0).apply(answer) }
        try expect(.bundleForAnother) { _ = try sticks.bundles(1).apply(request) }
        try expect(.bundleForAnother) { _ = try sticks.answer(answer) }
    }

    @Test func anAnswerSignedByAnybodyElseIsRefused() throws {
        let file = try sticks.answer(try sticks.bundles(1).export().file).file
        var forged = try SealedBundle(file: file)
        let forger = try Ed25519().signer(privateKey: [UInt8](repeating: 99, count: 32))
        forged.signature = try forger.signature(for: forged.signedBytes)
        try expect(.badSignature) { _ = try sticks.bundles(1).apply(forged.file) }
    }
}

extension Sticks {
    func refusalSample() throws -> (file: [UInt8], bundles: StationBundles) {
        (try answer(try bundles(0).export().file).file, bundles(0))
    }
}
