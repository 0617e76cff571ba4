import CommandSupport
import Crypto
package import RecordStore
package import SyncEngine
import SyncWire

/// An opened township: its database, its keys, its clock. Commands and `serve` share it.
package struct Township: Sendable {
    let folder: TownshipFolder
    package let database: AuthorityDatabase
    package let identity: AuthorityIdentity
    let keys: ServerKeys
    let codec: WireCodec
    let sightings: SightingService
    let headFile: HeadFile
    let headKeeper: HeadKeeper
    /// What opening it found.
    let headNotice: HeadNotice?
    let ledgerFile: LedgerFile
    let clock: @Sendable () -> Instant

    /// Opens a township. A database that was brought back by hand is noticed here.
    /// - Parameter isAudited: only look: what is wrong is for the audit to say.
    /// - Throws: ``Problem`` ``Problem/Code/notInitialised`` when `init` has not been run there;
    ///   ``Problem/Code/unreadableFile`` for a key of another township; ``Problem/Code/authorityDamaged``; the store's errors.
    static func open(
        _ folder: TownshipFolder, isAudited: Bool = false, clock: @escaping @Sendable () -> Instant
    ) throws -> Township {
        guard folder.exists else { throw Problem(.notInitialised, folder.path) }
        let codec = WireCodec()
        let keys = try ServerKeys.read(from: folder)
        let headFile = HeadFile(path: folder.headPath, signer: Ed25519Signer(keys.signing), signatures: Ed25519())
        let keeper = HeadKeeper(file: headFile)
        var database = try FreeSpace.explained(folder.path) {
            try AuthorityDatabase(path: folder.databasePath, tables: .assistance(codec: codec))
        }
        database.afterCommit = { keeper.committed(epoch: $0, tree: $1) }
        if !isAudited { try keys.check(against: database, in: folder) }
        let notice = try noticeCopy(database, headFile: headFile, isAudited: isAudited, now: clock())
        let identity = try database.read(AuthorityIdentity.read)
        let township = Township(
            folder: folder, database: database, identity: identity, keys: keys, codec: codec,
            sightings: SightingService(database: database), headFile: headFile, headKeeper: keeper,
            headNotice: notice, ledgerFile: LedgerFile(path: folder.ledgerPath), clock: clock)
        if !isAudited { try township.signOlderRows() }
        return township
    }

    var exchange: Exchange {
        var exchange = Exchange(
            tables: database.tables, desk: desk, signer: Ed25519Signer(keys.signing),
            sealing: keys.sealing, signatures: Ed25519(), nonces: NonceIssuer(secret: keys.nonceSecret), clock: clock,
            newID: Self.newID)
        exchange.attachments = attachments
        exchange.duplicates = duplicates
        return exchange
    }

    var blobs: BlobFolder { BlobFolder(path: folder.blobsPath) }
    var attachments: Attachments { Attachments(blobs: blobs, desk: desk) }
    var duplicates: Duplicates { Duplicates(desk: desk) }
    var ledger: Ledger { Ledger(township: self) }

    /// Puts aside the files of attachments that are not what their names say, so that a station brings them again while it
    /// still can. All are looked at by their sizes, one share of them is read.
    /// - Parameter share: of ``Limits/blobCheckShares``.
    /// - Returns: how many.
    func setDamagedBlobsAside(share: Int) throws -> Int {
        let arrived = try database.read { try Attachments.arrived(tables: database.tables, in: $0) }
        var count = 0
        for attachment in arrived {
            guard let size = try blobs.size(of: attachment.sha256) else { continue }
            let isRead = Int(attachment.sha256.bytes[0]) % Limits.blobCheckShares == share
            // A record that states another size than the file's is no proof against the file.
            if try size == attachment.size && !isRead || blobs.isSound(attachment.sha256, size: size) { continue }
            try blobs.setAside(attachment.sha256)
            count += 1
        }
        return count
    }

    /// Finds blobs that are here whole while a record still waits for them, and discards uploads nobody goes on with.
    /// - Returns: how many records were told.
    @discardableResult func sweepBlobs() throws -> Int {
        let now = clock()
        let oldest = now.milliseconds - Int64(Limits.unfinishedBlobDays) * 86_400_000
        _ = blobs.discardUnfinished(before: Instant(milliseconds: oldest))
        let (arrived, gone) = try database.read { try attachments.wrong(tables: database.tables, in: $0) }
        guard !arrived.isEmpty || !gone.isEmpty else { return 0 }
        return try database.write { try attachments.sweep(in: $0, now: now) }
    }

    @Sendable static func newID(at now: Instant) -> RecordID {
        var random = SystemRandomNumberGenerator()
        return .v7(milliseconds: now.milliseconds, using: &random)
    }

    package var desk: Desk {
        Desk(region: identity.region, signer: Ed25519Signer(keys.desk), codec: codec, escrow: keys.escrow)
    }

    /// Makes a township in a folder that a program names, such as a benchmark's.
    /// - Throws: as ``initialise(_:name:region:clock:)`` does.
    package static func initialise(
        at path: String, name: String, region: Scope, clock: @escaping @Sendable () -> Instant
    ) throws -> Township {
        try initialise(TownshipFolder(path: path), name: name, region: region, clock: clock)
    }

    /// Decides the sets again that a newer program wrote and this one, since upgraded, may understand now. Sets that
    /// still cannot apply stay where they are.
    func retryHeld() throws {
        try database.write { transaction in
            let register = DeviceRegister(transaction.database)
            let decision = PushDecision(store: transaction, codec: codec, region: identity.region, now: clock())
            for device in try register.stations() where !device.state.isRevoked {
                try decision.release(device.state, codes: [.newerSchema, .waitingForRecord])
            }
        }
    }

    /// Makes a township: keys, certificate, database, the desk's own device.
    /// - Throws: ``Problem`` ``Problem/Code/alreadyInitialised``, ``Problem/Code/unknownScope`` for a code that is no
    ///   district's or township's; the file system's and the store's errors.
    static func initialise(
        _ folder: TownshipFolder, name: String, region: Scope, clock: @escaping @Sendable () -> Instant
    ) throws -> Township {
        if folder.exists { throw Problem(.alreadyInitialised, folder.path) }
        guard [6, 9].contains(region.code.utf8.count), region.code.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw Problem(.unknownScope, region.code)
        }
        try folder.create()
        let keys = try ServerKeys.make(name: name)
        try keys.write(to: folder)
        let codec = WireCodec()
        let database = try AuthorityDatabase(path: folder.databasePath, tables: .assistance(codec: codec))
        let now = clock()
        let identity = AuthorityIdentity(
            name: name, region: region, epoch: newID(at: now), desk: newID(at: now))
        let desk = RegisteredDevice(
            state: DeviceState(id: identity.desk, isDesk: true, scopes: [region]), station: "desk", staff: name,
            signingKey: Array(keys.desk.publicKey.rawRepresentation), sealingKey: [], enrolledAt: now)
        try database.write { transaction in
            try identity.write(to: transaction.database)
            try transaction.registerEpoch(identity.epoch, at: now)
            try DeviceRegister(transaction.database).add(desk)
        }
        // The last step: a folder without it is not a township, and `init` may be tried again.
        try folder.markComplete()
        return try open(folder, clock: clock)
    }
}

/// The secrets of a township, each in a file of its own that only its owner may read.
struct ServerKeys: Sendable {
    /// Signs devices' certificates and tree heads.
    let signing: Curve25519.Signing.PrivateKey
    /// The desk's own chain.
    let desk: Curve25519.Signing.PrivateKey
    /// Opens the bundles that stations seal to the township.
    let sealing: SealingKey
    /// Authenticates the nonces this server issues.
    let nonceSecret: [UInt8]
    /// Opens what stations hold in escrow.
    let backup: Curve25519.KeyAgreement.PrivateKey
    let tls: ServerCertificate

    var escrow: Escrow {
        .hpke(publicKey: Array(backup.publicKey.rawRepresentation), privateKey: Array(backup.rawRepresentation))
    }

    static func make(name: String) throws -> ServerKeys {
        ServerKeys(
            signing: Curve25519.Signing.PrivateKey(), desk: Curve25519.Signing.PrivateKey(), sealing: SealingKey(),
            nonceSecret: SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) },
            backup: Curve25519.KeyAgreement.PrivateKey(),
            tls: try ServerCertificate.make(name: name))
    }

    func write(to folder: TownshipFolder) throws {
        try folder.writeSecret(Array(signing.rawRepresentation), to: .signingKey)
        try folder.writeSecret(Array(desk.rawRepresentation), to: .deskKey)
        try folder.writeSecret(sealing.privateKey, to: .sealingKey)
        try folder.writeSecret(nonceSecret, to: .nonceSecret)
        try folder.writeSecret(Array(backup.rawRepresentation), to: .backupKey)
        try folder.writeSecret(Array(tls.keyPEM.utf8), to: .tlsKey)
        try folder.writeSecret(Array(tls.certificatePEM.utf8), to: .tlsCertificate)
        try folder.writeSecret(tls.fingerprint.bytes, to: .tlsFingerprint)
    }

    /// Bytes of the nonces' secret.
    private static let nonceSecretBytes = 32

    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile`` for a secret that is not there or is none.
    static func read(from folder: TownshipFolder) throws -> ServerKeys {
        guard let fingerprint = Hash256(bytes: try folder.readSecret(.tlsFingerprint)) else {
            throw SecretFile.damaged(folder.path(of: .tlsFingerprint))
        }
        let nonceSecret = try folder.readSecret(.nonceSecret)
        // A shorter one would do its work without a word, and anybody could make nonces.
        guard nonceSecret.count == nonceSecretBytes else { throw SecretFile.damaged(folder.path(of: .nonceSecret)) }
        return ServerKeys(
            signing: try key(.signingKey, in: folder) { try Curve25519.Signing.PrivateKey(rawRepresentation: $0) },
            desk: try key(.deskKey, in: folder) { try Curve25519.Signing.PrivateKey(rawRepresentation: $0) },
            sealing: try key(.sealingKey, in: folder) { try SealingKey(privateKey: $0) }, nonceSecret: nonceSecret,
            backup: try key(.backupKey, in: folder) { try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: $0) },
            tls: ServerCertificate(
                certificatePEM: String(decoding: try folder.readSecret(.tlsCertificate), as: UTF8.self),
                keyPEM: String(decoding: try folder.readSecret(.tlsKey), as: UTF8.self), fingerprint: fingerprint))
    }

    /// A database knows the public halves of the keys it was made with: what others sign or seal is refused by everybody.
    /// One from before they were kept takes those that are here, when the desk's is its own.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile`` for a key of another township.
    func check(against database: AuthorityDatabase, in folder: TownshipFolder) throws {
        let known = try database.read { connection in
            var known = try publicKeys.keys.reduce(into: [:]) { known, secret in
                known[secret] = try Meta.bytes(Self.metaKey(secret), in: connection)
            }
            if known[.deskKey] == nil {
                let desk = try AuthorityIdentity.read(connection).desk
                known[.deskKey] = try DeviceRegister(connection).device(desk)?.signingKey
            }
            return known
        }
        for (secret, key) in publicKeys where known[secret].map({ $0 != key }) ?? false {
            throw Self.another(secret, in: folder)
        }
        guard known.count < publicKeys.count else { return }
        try database.write { transaction in
            for (secret, key) in publicKeys { try Meta.set(key, for: Self.metaKey(secret), in: transaction.database) }
        }
    }

    private static func metaKey(_ secret: TownshipFolder.Secret) -> String { "public " + secret.rawValue }

    private var publicKeys: [TownshipFolder.Secret: [UInt8]] {
        [
            .signingKey: Array(signing.publicKey.rawRepresentation), .deskKey: Array(desk.publicKey.rawRepresentation),
            .sealingKey: sealing.publicKey, .backupKey: Array(backup.publicKey.rawRepresentation),
        ]
    }

    private static func another(_ secret: TownshipFolder.Secret, in folder: TownshipFolder) -> Problem {
        Problem(
            .unreadableFile, folder.path(of: secret),
            explanation: Label(zh: "这把密钥属于另一个镇街", en: "This key is another township's"),
            hint: Label(
                zh: "请放回本镇街的密钥文件；备份里有一份（ruhu-server restore 到空目录）。",
                en: "Put this township's own key back; a backup holds it (ruhu-server restore into an empty folder)."))
    }

    private static func key<Key>(
        _ secret: TownshipFolder.Secret, in folder: TownshipFolder, _ read: ([UInt8]) throws -> Key
    ) throws -> Key {
        let bytes = try folder.readSecret(secret)
        do {
            return try read(bytes)
        } catch {
            throw SecretFile.damaged(folder.path(of: secret))
        }
    }
}
