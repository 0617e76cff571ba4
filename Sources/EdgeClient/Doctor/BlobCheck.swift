import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// The files of attachments in this station's folder, read and held against their names.
struct BlobCheck {
    let station: Station

    /// - Parameter mends: puts aside what is damaged; what the township has is fetched from it again when it is wanted.
    /// - Returns: attachments that have not arrived and whose file is damaged or gone, by record and file name.
    /// - Throws: the store's and the file system's errors.
    func run(mends: Bool) throws -> [String] {
        let attachments = try station.replica.read { transaction in
            try transaction.tables.all(of: Attachment.kind, where: [], in: transaction.database)
                .compactMap { Attachment($0) }
        }
        var wrong: [Hash256] = []
        for attachment in attachments where try isDamaged(attachment.sha256) {
            if mends { try station.blobs.setAside(attachment.sha256) }
            if attachment.arrivedAt == nil { wrong.append(attachment.sha256) }
        }
        wrong += try BlobCarrier.lost(in: station.replica, blobs: station.blobs).map(\.sha256)
        return Set(wrong).map { blob in
            attachments.first { $0.sha256 == blob }.map { "\($0.id) \($0.name)" } ?? "\(blob)"
        }.sorted()
    }
}

extension BlobCheck {
    private func isDamaged(_ blob: Hash256) throws -> Bool {
        guard Files.exists(station.blobs.path(of: blob)) else { return false }
        // By its own size: a record that states another is no proof against the file.
        guard let size = try station.blobs.size(of: blob) else { return true }
        return try !station.blobs.isSound(blob, size: size)
    }
}

/// What is said of files that did not arrive and are not here whole any more.
enum LostBlobs {
    static func remark(_ count: Int) -> String {
        L(
            "\(count) 份附件的文件在本机损坏或不见了，还没有到镇街：运行 ruhu doctor 查看，再重新附上。",
            "\(count) attachments' files are damaged or gone here before they arrived: see ruhu doctor, and attach them again."
        )
    }
}
