import CommandSupport
import RecordStore
import SyncEngine
import SyncWire

/// A station's key files against what the township certified at the enrolment. Each is kept twice: whichever of the two is
/// right mends the other. A signing key that nobody has any more is an identity lost, and with it the way of what waits.
struct KeyCheck {
    let station: Station

    /// One of the key files.
    struct Key {
        let path: String
        /// It only opens what the township answers by stick.
        let isSealing: Bool
        /// Whether these are the bytes that belong there.
        let isRight: ([UInt8]) -> Bool
        /// Its copy can take its place.
        var hasCopy = false

        var copyPath: String { StationFolder.copyPath(ofKey: path) }
    }

    /// - Parameter mends: writes what is wrong anew from the one that is right.
    /// - Returns: those that are wrong, and stay so.
    /// - Throws: ``Problem`` ``Problem/Code/notJoined``; the store's errors.
    func run(mends: Bool) throws -> (wrong: [Key], hasMended: Bool) {
        var (wrong, hasMended): ([Key], Bool) = ([], false)
        for key in try keys() {
            let (bytes, copy) = (try? SecretFile.read(key.path), try? SecretFile.read(key.copyPath))
            if let bytes, key.isRight(bytes) {
                if mends, copy != bytes { try? SecretFile.write(bytes, to: key.copyPath) }
                continue
            }
            let spare = copy.flatMap { key.isRight($0) ? $0 : nil }
            if mends, let spare, (try? SecretFile.write(spare, to: key.path)) != nil {
                hasMended = true
            } else {
                var key = key
                key.hasCopy = spare != nil
                wrong.append(key)
            }
        }
        return (wrong, hasMended)
    }

    /// Makes the copies that are not there yet. Cheap when they are.
    /// - Throws: as ``run(mends:)``.
    func keepCopies() throws {
        let paths = try station.replica.read { transaction in
            let device = try transaction.position().device
            return [station.folder.usedSigningKeyPath(of: device), station.folder.usedSealingKeyPath(of: device)]
        }
        if !paths.allSatisfy({ Files.exists(StationFolder.copyPath(ofKey: $0)) }) { _ = try run(mends: true) }
    }

    /// The device's own, and the signing keys of what it was before it was forked off.
    private func keys() throws -> [Key] {
        let folder = station.folder
        return try station.replica.read { transaction in
            let database = transaction.database
            let position = try transaction.position()
            let township = try Meta.bytes("server_key", in: database) ?? []
            let sealing = try Meta.bytes("sealing_public_key", in: database) ?? []
            let wish = Readmission(
                device: position.device, signingKey: [], sealingKey: sealing, scopes: position.scopes,
                station: try Meta.text("station", in: database) ?? "",
                staff: try Meta.text("staff", in: database) ?? "",
                lineage: position.lineage.first, certificate: try Meta.bytes("certificate", in: database) ?? [])
            // Older stations have no certificate: nothing says whose the key is.
            let own = Key(path: folder.usedSigningKeyPath(of: position.device), isSealing: false) { bytes in
                var wish = wish
                guard let signer = try? Ed25519().signer(privateKey: bytes) else { return false }
                wish.signingKey = signer.publicKey
                return wish.certificate.isEmpty
                    || Ed25519().isValid(wish.certificate, for: wish.statement, publicKey: township)
            }
            let opening = Key(path: folder.usedSealingKeyPath(of: position.device), isSealing: true) { bytes in
                guard let key = try? SealingKey(privateKey: bytes) else { return false }
                return sealing.isEmpty || key.publicKey == sealing
            }
            let former = try Meta.bytes("former", in: database).map {
                try Readmission(decoding: $0, as: .protobuf).asFormer
            }
            return [own, opening]
                + (former ?? []).map { former in
                    Key(path: folder.usedSigningKeyPath(of: former.device), isSealing: false) { bytes in
                        (try? Ed25519().signer(privateKey: bytes))?.publicKey == former.signingKey
                    }
                }
        }
    }
}

extension KeyCheck.Key {
    /// What it means that the key is gone, and what to do.
    var problem: Problem {
        if hasCopy { return StationKeyFiles.damaged(path) }
        return Problem(
            .unreadableFile, path,
            explanation: Label(zh: "密钥文件已损坏，备份也不对", en: "The key file is damaged, and so is its copy"),
            hint: isSealing
                ? Label(
                    zh: "联网同步不受影响；U 盘的答复包打不开，请改用网络同步，或请镇街重新登记。",
                    en: """
                        Syncing over the network goes on; answers by stick cannot be opened: sync over the network, or ask \
                        the township to enrol the station anew.
                        """)
                : Label(
                    zh: "已填写的都还在，但本站不能再上报。请镇街停用本站并重新发邀请码，在新的数据目录里 ruhu join，再照 ruhu outbox 补录未上传的内容。",
                    en: """
                        What was typed is still here, but this station cannot hand it in any more. Ask the township to revoke \
                        it and for a new code, run ruhu join in a new data folder, and type in what ruhu outbox shows here.
                        """))
    }
}
