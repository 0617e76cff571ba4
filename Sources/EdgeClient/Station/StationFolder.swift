import SyncEngine

/// Where a station keeps its files.
struct StationFolder: Sendable {
    let path: String

    var databasePath: String { path + "/replica.sqlite" }
    /// Ed25519: signs what this station says.
    var signingKeyPath: String { path + "/signing.key" }
    /// X25519: opens what is sealed to this station.
    var sealingKeyPath: String { path + "/sealing.key" }
    /// Of a device that was forked off.
    func signingKeyPath(of device: DeviceID) -> String { path + "/signing-\(device).key" }
    func sealingKeyPath(of device: DeviceID) -> String { path + "/sealing-\(device).key" }
    /// Of an identity that is being asked for.
    var forkSigningKeyPath: String { path + "/fork-signing.key" }
    var forkSealingKeyPath: String { path + "/fork-sealing.key" }
    /// Held while a sync runs, so that no second one does.
    var syncLockPath: String { path + "/sync.lock" }
}
