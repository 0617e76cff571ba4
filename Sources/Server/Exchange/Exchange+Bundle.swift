import GRDB
package import RecordStore
package import SyncEngine
package import SyncWire

/// What was done with a station's bundle.
package struct BundleAnswer: Sendable {
    package var device: RegisteredDevice
    package var reply: BundleReply
    /// One a decided frame.
    package var pushes: [PushReply]
    /// In the answer: records stated by its pages, pages, and blobs.
    package var records = 0
    package var pages = 0
    package var blobs = 0
    /// Of the answer's file.
    package var bytes: UInt64 = 0
}

/// The exchange over USB: the same frames, the same decisions, the same pages, in the order in which a sync would have
/// them.
extension Exchange {
    /// Takes a station's bundle in and writes the answer. The same bundle twice gives the same state, and a fresh
    /// answer.
    ///
    /// A refusal of its frames, of a blob, or of the pull, is in the answer, with everything that was done before.
    /// - Parameters:
    ///   - blobBytes: of the blobs that the station asks for, so much goes into the answer.
    ///   - write: takes the answer's bytes in order.
    /// - Throws: ``Problem`` when there can be no answer, and then nothing of it was used: ``Problem/Code/notABundle``,
    ///   ``Problem/Code/bundleForAnother``, ``Problem/Code/unknownDevice``, ``Problem/Code/badSignature``,
    ///   ``Problem/Code/revoked``. The store's errors; what `write` throws.
    package func answer(
        bundle read: @escaping BundleReader.Read, blobBytes: Int = Limits.bundleBlobBytes,
        database: AuthorityDatabase, write: @escaping ([UInt8]) throws -> Void
    ) throws -> BundleAnswer {
        let reader: BundleReader
        let request: BundleRequest
        do {
            reader = try BundleReader(read)
            try check(reader.bundle)
            try authenticate(reader, database: database)
            // Every piece, before anything is changed.
            try reader.pieces(with: sealing) { _ = try BundleRequest.Piece(decoding: $0) }
            request = try BundleRequest(decoding: try reader.first(with: sealing))
        } catch let error as CodecError {
            throw Problem(.notABundle, error.detail)
        }
        let device = try admit(reader.bundle, request, database: database)
        var receipt = BundleReceipt(exchange: self, database: database, device: device)
        try receipt.take(request)
        try reader.pieces(with: sealing) { try receipt.take(try BundleRequest.Piece(decoding: $0)) }
        return try BundleResponse(
            exchange: self, bundle: reader.bundle, request: request, receipt: receipt, blobBytes: blobBytes
        ).write(from: database, to: write)
    }

    // MARK: - Who

    private func check(_ bundle: SealedBundle) throws {
        guard bundle.direction == .toTownship else {
            throw Problem(
                .bundleForAnother,
                explanation: Label(zh: "这是给工作站的答复包", en: "This is an answer, for a station to read"))
        }
        guard bundle.township == signer.publicKey else {
            throw Problem(
                .bundleForAnother, explanation: Label(zh: "这个同步包是给另一个镇街的", en: "This bundle is for another township"))
        }
    }

    /// The device that signed it is known and may; or shows the township's own word on itself, in the first piece.
    private func authenticate(_ reader: BundleReader, database: AuthorityDatabase) throws {
        let bundle = reader.bundle
        if let known = try database.read({ try DeviceRegister($0).device(bundle.device) }) {
            return try verify(bundle, known)
        }
        guard let first = try? reader.first(with: sealing), let wish = try BundleRequest(decoding: first).readmission,
            wish.device == bundle.device
        else { throw Problem(.unknownDevice, "\(bundle.device)") }
        guard bundle.isSigned(by: wish.signingKey, scheme: signatures) else { throw Problem(.badSignature, "bundle") }
        guard signatures.isValid(wish.certificate, for: wish.statement, publicKey: signer.publicKey) else {
            throw Problem(.unknownDevice, "\(bundle.device)")
        }
    }

    private func verify(_ bundle: SealedBundle, _ device: RegisteredDevice) throws {
        guard !device.state.isDesk else { throw Problem(.unknownDevice, "\(bundle.device)") }
        guard bundle.isSigned(by: device.signingKey, scheme: signatures) else { throw Problem(.badSignature, "bundle") }
        if device.state.isRevoked { throw Problem(.revoked, "\(bundle.device)") }
    }

    /// The device, taken in again when the township was restored from before its enrolment.
    private func admit(
        _ bundle: SealedBundle, _ request: BundleRequest, database: AuthorityDatabase
    ) throws -> RegisteredDevice {
        if let known = try database.read({ try DeviceRegister($0).device(bundle.device) }) { return known }
        guard let wish = request.readmission else { throw Problem(.unknownDevice, "\(bundle.device)") }
        let device = try database.write {
            try enrolment(in: $0).readmit(wish, signatures: signatures)
        }
        if device.state.isRevoked { throw Problem(.revoked, "\(bundle.device)") }
        return device
    }

    /// The device as this snapshot has it: it may have been revoked meanwhile.
    func present(_ device: RegisteredDevice, in snapshot: Database) throws -> RegisteredDevice {
        guard let present = try DeviceRegister(snapshot).device(device.state.id) else {
            throw Problem(.unknownDevice, "\(device.state.id)")
        }
        if present.state.isRevoked { throw Problem(.revoked, "\(device.state.id)") }
        return present
    }
}
