/// Where a station keeps its files.
struct StationFolder: Sendable {
    let path: String

    var databasePath: String { path + "/replica.sqlite" }
    /// Ed25519: signs what this station says.
    var signingKeyPath: String { path + "/signing.key" }
    /// X25519: opens what is sealed to this station.
    var sealingKeyPath: String { path + "/sealing.key" }
    /// Held while a sync runs, so that no second one does.
    var syncLockPath: String { path + "/sync.lock" }
}
