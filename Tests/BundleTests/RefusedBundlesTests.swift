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
        let request = try sticks.export(0).file
        for index in request.indices {
            var altered = request
            altered[index] ^= 1
            try expect(.notABundle) { _ = try sticks.answer(altered) }
        }
        let other = try Sticks(seed: 2, places: ["370404101201"])
        let answer = try other.answer(try other.export(0).file).file
        for index in answer.indices {
            var altered = answer
            altered[index] ^= 0x80
            #expect(throws: Problem.self) { try other.apply(0, altered) }
        }
    }

    @Test func alteredContentUnderAFreshChecksumFailsItsSignature() throws {
        let file = try sticks.export(0).file
        try expect(.badSignature) { _ = try sticks.answer(try altered(file) { $0.sealed[$0.sealed.count / 2] ^= 1 }) }
        try expect(.badSignature) { _ = try sticks.answer(try altered(file) { $0.encapsulatedKey[3] ^= 1 }) }
        let other = sticks.world.stations[1].device
        try expect(.badSignature) { _ = try sticks.answer(try altered(file) { $0.device = other }) }
    }

    /// The file with another beginning.
    private func altered(_ file: [UInt8], _ change: (inout SealedBundle) throws -> Void) throws -> [UInt8] {
        var bundle = try BundleReader(Stick.reading(file)).bundle
        let rest = file.dropFirst(bundle.frame.count)
        try change(&bundle)
        return bundle.frame + rest
    }

    @Test func aPieceLeftOutRepeatedMovedOrOfAnotherBundleIsRefused() throws {
        let frames = try Self.frames(try sticks.export(0).file)
        // Where the replica stands, the frame of its one set, the end.
        #expect(frames.count == 3)
        try expect(.notABundle) { _ = try sticks.answer(frames[0] + frames[2]) }
        try expect(.notABundle) { _ = try sticks.answer(frames[0] + frames[1]) }
        try expect(.notABundle) { _ = try sticks.answer(frames[0] + frames[1] + frames[1] + frames[2]) }
        try expect(.notABundle) { _ = try sticks.answer(frames[0] + frames[2] + frames[1]) }
        let other = try Self.frames(try sticks.export(0).file)
        try expect(.notABundle) { _ = try sticks.answer(frames[0] + other[1] + other[2]) }
    }

    private static func frames(_ file: [UInt8]) throws -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var rest = file[...]
        while !rest.isEmpty {
            let content = frames.isEmpty ? Frame.Content.bundle : .piece
            let header = Array(rest.prefix(Frame.headerBytes(content)))
            let length = try Frame.payloadBytes(header, as: content, limit: Limits.bundlePieceBytes)
            frames.append(Array(rest.prefix(header.count + length)))
            rest = rest.dropFirst(header.count + length)
        }
        return frames
    }

    @Test func aCutFileIsRefusedWhole() throws {
        let file = try sticks.export(0).file
        for count in stride(from: 0, to: file.count, by: 7) {
            try expect(.notABundle) { _ = try sticks.answer(Array(file.prefix(count))) }
        }
        try expect(.notABundle) { _ = try sticks.answer(file + [0]) }
    }

    @Test func anotherTownshipsBundleIsRefused() throws {
        let file = try sticks.export(0).file
        let other = try Sticks.township(key: 9, tables: World.tables, now: sticks.world.now)
        try expect(.bundleForAnother) { _ = try sticks.answer(file, by: other) }
    }

    @Test func whatIsSealedToAnotherKeyCannotBeOpened() throws {
        let own = sticks.exchange
        let other = Exchange(
            tables: own.tables, desk: own.desk, signer: own.signer, sealing: SealingKey(),
            signatures: own.signatures, nonces: own.nonces, clock: own.clock, newID: own.newID)
        let file = try sticks.export(0).file
        try expect(.notABundle) { _ = try sticks.answer(file, by: other) }
    }

    @Test func aRevokedDevicesBundleIsRefused() throws {
        let file = try sticks.export(0).file
        let device = sticks.world.stations[0].device
        try sticks.world.authority.write {
            try DeviceRegister($0.database).revoke(device, reason: "lost", at: sticks.world.now)
        }
        try expect(.revoked) { _ = try sticks.answer(file) }
    }

    @Test func anUnknownDevicesBundleIsRefused() throws {
        let strangers = try Sticks(seed: 77, places: ["370404101201"])
        try strangers.world.new(0, Sample.root, .set("latest", .text("x")))
        try expect(.unknownDevice) { _ = try sticks.answer(try strangers.export(0).file) }
    }

    @Test func anAnswerIsReadByItsOwnStationOnly() throws {
        let request = try sticks.export(1).file
        let answer = try sticks.answer(request).file
        try expect(.bundleForAnother) { _ = try sticks.apply(0, answer) }
        try expect(.bundleForAnother) { _ = try sticks.apply(1, request) }
        try expect(.bundleForAnother) { _ = try sticks.answer(answer) }
    }

    @Test func anAnswerSignedByAnybodyElseIsRefused() throws {
        let file = try sticks.answer(try sticks.export(1).file).file
        let forger = try Ed25519().signer(privateKey: [UInt8](repeating: 99, count: 32))
        let forged = try altered(file) { $0.signature = try forger.signature(for: $0.signedBytes) }
        try expect(.badSignature) { _ = try sticks.apply(1, forged) }
    }
}
