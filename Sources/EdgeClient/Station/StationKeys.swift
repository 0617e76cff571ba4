import CommandSupport
import Crypto
package import SyncEngine
package import SyncWire

/// The private keys of a station: of its device, and of those whose chains it goes on with.
package protocol StationKeys {
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile`` when the key is not there or is none.
    func signer(of device: DeviceID) throws -> any Signer
    /// Keys for a new identity, kept before anything is sent: the same ones until ``adopt(_:)``.
    func forkKeys() throws -> (signer: any Signer, sealingPublicKey: [UInt8])
    /// The new identity has an id: its keys are kept under it from now on.
    func adopt(_ device: DeviceID) throws
    /// The fork is done; the next one will make keys of its own.
    func forgetForkKeys() throws
}

/// Keys in files that only their owner may read: `signing.key` of the device that joined, `signing-DEVICE.key` of one
/// that was forked off.
struct StationKeyFiles: StationKeys {
    let folder: StationFolder

    func signer(of device: DeviceID) throws -> any Signer {
        let own = folder.signingKeyPath(of: device)
        let path = Files.exists(own) ? own : folder.signingKeyPath
        let bytes = try SecretFile.read(path)
        do {
            return try Ed25519().signer(privateKey: bytes)
        } catch {
            throw SecretFile.damaged(path)
        }
    }

    func forkKeys() throws -> (signer: any Signer, sealingPublicKey: [UInt8]) {
        let signing = try SecretFile.readOrMake(folder.forkSigningKeyPath) {
            Array(Curve25519.Signing.PrivateKey().rawRepresentation)
        }
        let sealing = try SecretFile.readOrMake(folder.forkSealingKeyPath) {
            Array(Curve25519.KeyAgreement.PrivateKey().rawRepresentation)
        }
        let sealingKey = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: sealing)
        return (try Ed25519().signer(privateKey: signing), Array(sealingKey.publicKey.rawRepresentation))
    }

    func adopt(_ device: DeviceID) throws {
        try SecretFile.write(try SecretFile.read(folder.forkSigningKeyPath), to: folder.signingKeyPath(of: device))
        try SecretFile.write(try SecretFile.read(folder.forkSealingKeyPath), to: folder.sealingKeyPath(of: device))
    }

    func forgetForkKeys() throws {
        try Files.remove(folder.forkSigningKeyPath)
        try Files.remove(folder.forkSealingKeyPath)
    }
}
