import CommandSupport
import SyncEngine

/// Where a station keeps its files.
struct StationFolder: Sendable {
    let path: String

    var databasePath: String { path + "/replica.sqlite" }
    /// Photos, signatures, documents, by their SHA-256.
    var blobsPath: String { path + "/blobs" }
    /// Ed25519: signs what this station says.
    var signingKeyPath: String { path + "/signing.key" }
    /// X25519: opens what is sealed to this station.
    var sealingKeyPath: String { path + "/sealing.key" }
    /// Of a device that was forked off.
    func signingKeyPath(of device: DeviceID) -> String { path + "/signing-\(device).key" }
    func sealingKeyPath(of device: DeviceID) -> String { path + "/sealing-\(device).key" }
    /// Where a key file is kept a second time.
    static func copyPath(ofKey path: String) -> String { path + ".copy" }
    /// The one that belongs to the device: of its own name where it was forked off. One that is gone is known by its copy.
    func usedSigningKeyPath(of device: DeviceID) -> String {
        Self.isKept(signingKeyPath(of: device)) ? signingKeyPath(of: device) : signingKeyPath
    }
    func usedSealingKeyPath(of device: DeviceID) -> String {
        Self.isKept(sealingKeyPath(of: device)) ? sealingKeyPath(of: device) : sealingKeyPath
    }
    private static func isKept(_ key: String) -> Bool { Files.exists(key) || Files.exists(copyPath(ofKey: key)) }
    /// Of an identity that is being asked for.
    func forkSigningKeyPath(from parent: DeviceID) -> String { path + "/fork-signing-\(parent).key" }
    func forkSealingKeyPath(from parent: DeviceID) -> String { path + "/fork-sealing-\(parent).key" }
    /// What the station knows of itself, for a replica that cannot tell any more.
    var memoryPath: String { path + "/station" }
    /// A replica that is being made, its finished form, and the copy of a damaged one that is read for it.
    var freshPath: String { path + "/replica.fresh.sqlite" }
    var nextPath: String { path + "/replica.next.sqlite" }
    var copyPath: String { path + "/replica.copy.sqlite" }
    /// Held by every command that has the replica open; alone by the one that replaces it.
    var useLockPath: String { path + "/use.lock" }
    /// Held while a sync runs, so that no second one does.
    var syncLockPath: String { path + "/sync.lock" }
}
