package import SyncEngine

/// What a revoked device had handed in that no backup holds, with all that proves it: it cannot hand it in again, and no
/// other station has it as it was signed.
package struct RevokedWork: Hashable, Sendable {
    package var device: Readmission
    /// Of the set before the first.
    package var previousHash: Hash256
    /// In order of their numbers, as they were committed.
    package var sets: [[UInt8]]
    /// The device's own, over its chain up to a number.
    package var signatures: [Signature]

    package struct Signature: Hashable, Sendable {
        package var number: UInt64
        package var bytes: [UInt8]

        package init(number: UInt64, bytes: [UInt8]) {
            self.number = number
            self.bytes = bytes
        }
    }

    package init(device: Readmission, previousHash: Hash256, sets: [[UInt8]], signatures: [Signature]) {
        self.device = device
        self.previousHash = previousHash
        self.sets = sets
        self.signatures = signatures
    }

    package func encoded() -> [UInt8] {
        var message = WireRevokedWork()
        message.device = device.message
        message.previousHash = previousHash.bytes.data
        message.sets = sets.map(\.data)
        message.signatures = signatures.map { signature in
            var message = WireFrameSignature()
            message.number = signature.number
            message.signature = signature.bytes.data
            return message
        }
        return Protobuf.bytes(message)
    }

    /// - Throws: ``CodecError``; for more than ``Limits/setsPerFrame`` sets too.
    package init(decoding bytes: [UInt8]) throws(CodecError) {
        let message = try Protobuf.message(WireRevokedWork.self, from: bytes)
        guard message.sets.count <= Limits.setsPerFrame, message.signatures.count <= message.sets.count else {
            throw CodecError("work of \(message.sets.count) sets")
        }
        var signatures: [Signature] = []
        for signature in message.signatures {
            signatures.append(
                Signature(
                    number: try checkedNumber(signature.number, "number"),
                    bytes: try signature.signature.array(64, "signature")))
        }
        self.init(
            device: try Readmission(message.device), previousHash: try message.previousHash.hash("previous_hash"),
            sets: message.sets.map(\.array), signatures: signatures)
    }
}
