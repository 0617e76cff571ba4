import CommandSupport
import Crypto
package import SyncEngine
package import SyncWire

/// The private keys of a station: of its device, and of those whose chains it goes on with.
package protocol StationKeys {
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile`` when the key is not there or is none.
    func signer(of device: DeviceID) throws -> any Signer
    /// Keys for the identity that a copy of `parent` takes, kept before anything is sent: the same ones until they are
    /// forgotten. They are of this parent alone: what a crash left of an earlier fork is never offered for another.
    func forkKeys(from parent: DeviceID) throws -> (signer: any Signer, sealingPublicKey: [UInt8])
    /// The new identity has an id: its keys are kept under it from now on.
    func adopt(_ device: DeviceID, from parent: DeviceID) throws
    /// The fork is done.
    func forgetForkKeys(from parent: DeviceID) throws
}

/// Keys in files that only their owner may read: `signing.key` of the device that joined, `signing-DEVICE.key` of one
/// that was forked off.
struct StationKeyFiles: StationKeys {
    let folder: StationFolder

    func signer(of device: DeviceID) throws -> any Signer {
        let path = folder.usedSigningKeyPath(of: device)
        do {
            return try Ed25519().signer(privateKey: try SecretFile.read(path))
        } catch {
            throw Self.damaged(path)
        }
    }

    /// Of a key file that cannot be used: it is kept twice.
    static func damaged(_ path: String) -> Problem {
        Problem(
            .unreadableFile, path, explanation: Label(zh: "密钥文件缺失或已损坏", en: "The key file is missing or damaged"),
            hint: Label(
                zh: "请运行 ruhu doctor，它会用备份修复。", en: "Run ruhu doctor: it mends the file from its copy."))
    }

    func forkKeys(from parent: DeviceID) throws -> (signer: any Signer, sealingPublicKey: [UInt8]) {
        let signing = try SecretFile.readOrMake(folder.forkSigningKeyPath(from: parent)) {
            Array(Curve25519.Signing.PrivateKey().rawRepresentation)
        }
        let sealing = try SecretFile.readOrMake(folder.forkSealingKeyPath(from: parent)) {
            Array(Curve25519.KeyAgreement.PrivateKey().rawRepresentation)
        }
        let sealingKey = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: sealing)
        return (try Ed25519().signer(privateKey: signing), Array(sealingKey.publicKey.rawRepresentation))
    }

    func adopt(_ device: DeviceID, from parent: DeviceID) throws {
        try SecretFile.write(
            try SecretFile.read(folder.forkSigningKeyPath(from: parent)), to: folder.signingKeyPath(of: device))
        try SecretFile.write(
            try SecretFile.read(folder.forkSealingKeyPath(from: parent)), to: folder.sealingKeyPath(of: device))
    }

    func forgetForkKeys(from parent: DeviceID) throws {
        try Files.remove(folder.forkSigningKeyPath(from: parent))
        try Files.remove(folder.forkSealingKeyPath(from: parent))
    }
}
