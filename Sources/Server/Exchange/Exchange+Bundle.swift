package import RecordStore
package import SyncEngine
import SyncWire

/// What was done with a station's bundle.
package struct BundleAnswer: Sendable {
    package var device: RegisteredDevice
    /// The answer's file, sealed to the station.
    package var file: [UInt8]
    package var reply: BundleReply
    /// Sets in the bundle.
    package var sets: Int
}

/// The exchange over USB: the same frames, the same decisions, the same pages.
extension Exchange {
    /// Decides a station's bundle and makes the answer. The same bundle twice gives the same state, and a fresh answer.
    ///
    /// A refusal of its frames, or of the pull, is in the answer, with everything that was done before.
    /// - Throws: ``Problem`` when there can be no answer, and then nothing was changed: ``Problem/Code/notABundle``,
    ///   ``Problem/Code/bundleForAnother``, ``Problem/Code/unknownDevice``, ``Problem/Code/badSignature``,
    ///   ``Problem/Code/revoked``. The store's errors.
    package func answer(bundle bytes: [UInt8], database: AuthorityDatabase) throws -> BundleAnswer {
        let bundle = try Self.parse(bytes)
        let device = try database.read { database in
            try authenticate(bundle, DeviceRegister(database).device(bundle.device))
        }
        let request = try open(bundle)
        let (pushes, refusal) = try decide(request.frames, from: device, database: database)
        var reply = try database.read { snapshot -> BundleReply in
            // Of this very snapshot: it may have been revoked meanwhile.
            let device = try authenticate(bundle, DeviceRegister(snapshot).device(bundle.device))
            let (pages, problem) = try pages(for: request, device: device, in: snapshot)
            let hello = try hello(for: device.state.id, in: snapshot)
            return BundleReply(hello: hello, problem: refusal ?? problem, pushes: pushes, pages: pages)
        }
        reply.hello.nonce = []
        let cursor = request.isBootstrapped && !reply.pages.isEmpty ? request.cursor : nil
        try database.write { try DeviceRegister($0.database).saw(device.state.id, cursor: cursor, at: clock()) }
        let answer = try SealedBundle(
            sealing: reply.encoded, .toStation, township: signer.publicKey, device: device.state.id,
            to: device.sealingKey, signedBy: signer)
        return BundleAnswer(
            device: device, file: answer.file, reply: reply, sets: request.frames.map(\.sets.count).reduce(0, +))
    }

    // MARK: - Reading

    private static func parse(_ bytes: [UInt8]) throws -> SealedBundle {
        do {
            return try SealedBundle(file: bytes)
        } catch {
            throw Problem(.notABundle, error.detail)
        }
    }

    private func authenticate(_ bundle: SealedBundle, _ known: RegisteredDevice?) throws -> RegisteredDevice {
        guard bundle.direction == .toTownship else {
            throw Problem(
                .bundleForAnother,
                explanation: Label(zh: "这是给工作站的答复包", en: "This is an answer, for a station to read"))
        }
        guard bundle.township == signer.publicKey else {
            throw Problem(
                .bundleForAnother, explanation: Label(zh: "这个同步包是给另一个镇街的", en: "This bundle is for another township"))
        }
        guard let device = known, !device.state.isDesk else { throw Problem(.unknownDevice, "\(bundle.device)") }
        guard bundle.isSigned(by: device.signingKey, scheme: signatures) else { throw Problem(.badSignature, "bundle") }
        if device.state.isRevoked { throw Problem(.revoked, "\(bundle.device)") }
        return device
    }

    private func open(_ bundle: SealedBundle) throws -> BundleRequest {
        do {
            return try BundleRequest(decoding: try bundle.open(with: sealing))
        } catch {
            throw Problem(.notABundle, error.detail)
        }
    }

    // MARK: - Deciding

    /// One transaction a frame, so that a serving process beside this one never waits for long. What was decided before
    /// a refusal stands, as over HTTP.
    private func decide(
        _ frames: [PushFrame], from device: RegisteredDevice, database: AuthorityDatabase
    ) throws -> (pushes: [PushReply], problem: Problem?) {
        var pushes: [PushReply] = []
        for frame in frames {
            do {
                let job = try pushJob(frame, from: device)
                pushes.append(try database.write { try decide(job, in: $0) })
            } catch let problem as Problem where problem.code.rawValue < 5000 {
                return (pushes, problem)
            }
        }
        return (pushes, nil)
    }
}
