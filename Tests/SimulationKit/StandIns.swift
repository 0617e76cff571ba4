import EdgeClient
package import SyncEngine
package import SyncWire
import Synchronization
package import TestSupport

/// The time of one machine, as the simulation sets it.
package final class SimulatedClock: Sendable {
    private let now: Mutex<Int64>

    package init(milliseconds: Int64) { now = Mutex(milliseconds) }

    package var instant: Instant {
        get { Instant(milliseconds: now.withLock { $0 }) }
        set { now.withLock { $0 = newValue.milliseconds } }
    }
}

/// Random numbers for code that wants a `Sendable` source.
package final class SharedRandom: Sendable {
    private let random: Mutex<SeededRandom>

    package init(seed: UInt64) { random = Mutex(SeededRandom(seed)) }

    package func next() -> UInt64 { random.withLock { $0.next() } }
}

/// Signatures that cost one hash: whoever knows the public key can make them, and any other key, message or byte is
/// found out as with real ones.
package struct StandInSignatures: SignatureScheme {
    package init() {}

    package func signer(privateKey: [UInt8]) throws -> any Signer { StandInSigner(privateKey) }

    package func isValid(_ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]) -> Bool {
        signature == Self.signature(for: message, key: publicKey)
    }

    fileprivate static func signature(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        let hash = Hash256(of: key + message).bytes
        return hash + hash
    }
}

package struct StandInSigner: Signer {
    package let publicKey: [UInt8]

    package init(_ privateKey: [UInt8]) { publicKey = privateKey.map { ~$0 } }

    package init(number: UInt64) {
        self.init(Hash256(of: withUnsafeBytes(of: number.bigEndian) { Array($0) }).bytes)
    }

    package func signature(for message: [UInt8]) throws -> [UInt8] {
        StandInSignatures.signature(for: message, key: publicKey)
    }
}

/// A station's keys, in memory; they outlive its crashes, as files would.
package final class StandInKeys: StationKeys {
    /// Of the device that joined.
    package let first: StandInSigner
    private var signers: [DeviceID: StandInSigner]
    private var seed: UInt64
    /// The machine stops after a fork, before its keys are put away.
    package var diesBeforeForgetting = false
    /// By the identity that is to be forked.
    private var next: [DeviceID: StandInSigner] = [:]

    package init(device: DeviceID, seed: UInt64) {
        self.seed = seed
        first = StandInSigner(number: seed)
        signers = [device: first]
    }

    /// A copy of the files; keys that are made later are the copy's own.
    package init(copying other: StandInKeys, seed: UInt64) {
        self.seed = seed
        first = other.first
        signers = other.signers
        next = other.next
    }

    package func signer(of device: DeviceID) throws -> any Signer {
        guard let known = signers[device] else { throw Problem(.unreadableFile, "\(device)") }
        return known
    }

    package func forkKeys(from parent: DeviceID) throws -> (signer: any Signer, sealingPublicKey: [UInt8]) {
        if next[parent] == nil { seed &+= 1 }
        let made = next[parent] ?? StandInSigner(number: seed)
        next[parent] = made
        return (made, made.publicKey)
    }

    package func adopt(_ device: DeviceID, from parent: DeviceID) throws { signers[device] = next[parent] }

    package func forgetForkKeys(from parent: DeviceID) throws {
        if diesBeforeForgetting { throw Problem(.storage, "killed") }
        next[parent] = nil
    }
}

/// Escrow that anyone could open.
package enum StandInEscrow {
    package static let open = Escrow(seal: { $0.map { ~$0 } }, open: { $0.map { ~$0 } })
}

extension SeededRandom {
    /// Whether something of this probability happens.
    package mutating func strikes(_ probability: Double) -> Bool {
        guard probability > 0 else { return false }
        return Double.random(in: 0..<1, using: &self) < probability
    }
}
