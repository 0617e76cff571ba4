package import Assistance
package import GRDB
package import RecordStore
package import SyncEngine

/// Blobs at the township: who may bring and fetch one, where they are kept, and what the records say of them.
///
/// A blob and its record arrive in any order. When both are here, a set of the desk, by the author ``author``, says so
/// in the field `arrived_at` of every live record that names the blob; the set is made in the transaction that sees
/// both, or found to be missing by ``sweep(in:now:)``.
package struct Attachments: Sendable {
    package let blobs: any BlobStore
    package let desk: Desk

    /// Who says that a blob has arrived.
    package static let author = "system"

    package init(blobs: any BlobStore, desk: Desk) {
        self.blobs = blobs
        self.desk = desk
    }

    /// The size that the records inside a device's scopes state for a blob, or one that the device itself wrote down and
    /// that has moved away since: nobody else has the file.
    /// - Throws: ``Problem`` ``Problem/Code/unknownBlob`` when no live one names it.
    package static func size(
        of blob: Hash256, for device: DeviceState, tables: RecordTables, in database: Database
    ) throws -> UInt64 {
        let named = try records(naming: blob, tables: tables, in: database)
        let log = LogReader(database, tables: tables)
        func isOwn(_ attachment: Attachment) throws -> Bool {
            try log.changes(of: attachment.id, after: 0).first.map { device.owns($0.device, $0.number) } ?? false
        }
        // What others state of it is no reason to refuse what the device has.
        guard let attachment = try named.first(where: isOwn) ?? named.first(where: { device.scopes.cover($0.scope) })
        else { throw Problem(.unknownBlob, "\(blob)") }
        return attachment.size
    }

    private static func records(
        naming blob: Hash256, tables: RecordTables, in database: Database
    ) throws -> [Attachment] {
        guard let kind = tables.schema.kind(Attachment.kindName) else { return [] }
        return try tables.all(of: kind, where: [("sha256", .text(blob.description))], in: database)
            .compactMap { Attachment($0) }
    }

    /// Whether a record still waits for this blob.
    package static func isAwaited(_ blob: Hash256, tables: RecordTables, in database: Database) throws -> Bool {
        try records(naming: blob, tables: tables, in: database).contains { $0.arrivedAt == nil }
    }

    /// Says of each of these blobs whether it has arrived, where a live record does not say so yet. After a restore the
    /// desk's word that one has comes back from the stations, and the blob does not: the word is taken back, so that a
    /// station that has the file brings it again.
    /// - Returns: how many records were marked or unmarked.
    @discardableResult package func arrive(
        _ wanted: [Hash256], in transaction: AuthorityTransaction, now: Instant
    ) throws -> Int {
        var (arrived, gone): ([Attachment], [Attachment]) = ([], [])
        for blob in wanted {
            for named in try Self.records(naming: blob, tables: transaction.tables, in: transaction.database) {
                let isHere = try isHere(named)
                if isHere, named.arrivedAt == nil { arrived.append(named) }
                if !isHere, named.arrivedAt != nil { gone.append(named) }
            }
        }
        let marked = try mark(arrived, at: now, in: transaction, now: now)
        return marked + (try mark(gone, at: nil, in: transaction, now: now))
    }

    /// The same for every record: what a crash between a blob's last byte and its set has left is marked, and a mark
    /// whose file is gone (a restored database beside an older folder) is taken back, so that a station that still
    /// has the file brings it again.
    /// - Returns: how many records were marked or unmarked.
    @discardableResult package func sweep(in transaction: AuthorityTransaction, now: Instant) throws -> Int {
        let (arrived, gone) = try wrong(tables: transaction.tables, in: transaction.database)
        let marked = try mark(arrived, at: now, in: transaction, now: now)
        return marked + (try mark(gone, at: nil, in: transaction, now: now))
    }

    private func isHere(_ attachment: Attachment) throws -> Bool {
        try blobs.size(of: attachment.sha256) == attachment.size
    }

    /// The live records that do not say what the folder holds.
    package func wrong(
        tables: RecordTables, in database: Database
    ) throws -> (arrived: [Attachment], gone: [Attachment]) {
        guard let kind = tables.schema.kind(Attachment.kindName) else { return ([], []) }
        let all = try tables.all(of: kind, where: [], in: database).compactMap { Attachment($0) }
        return (
            try all.filter { try $0.arrivedAt == nil && isHere($0) },
            try all.filter { try $0.arrivedAt != nil && !isHere($0) }
        )
    }

    /// Live records that say that their blob is here.
    static func arrived(tables: RecordTables, in database: Database) throws -> [Attachment] {
        guard let kind = tables.schema.kind(Attachment.kindName) else { return [] }
        return try tables.all(of: kind, where: [], in: database).compactMap { Attachment($0) }
            .filter { $0.arrivedAt != nil }
    }

    /// Live records whose blob is not here.
    package static func waiting(tables: RecordTables, in database: Database) throws -> [Attachment] {
        guard let kind = tables.schema.kind(Attachment.kindName) else { return [] }
        return try tables.all(of: kind, where: [("arrived_at", .null)], in: database).compactMap { Attachment($0) }
    }

    private func mark(
        _ attachments: [Attachment], at arrival: Instant?, in transaction: AuthorityTransaction, now: Instant
    ) throws -> Int {
        let act = Desk.Act(author: Self.author, reason: "", now: now)
        for start in stride(from: 0, to: attachments.count, by: Limits.arrivalsPerSet) {
            let some = attachments[start..<min(start + Limits.arrivalsPerSet, attachments.count)]
            let changes = some.map { attachment in
                Change(
                    kind: Attachment.kindName, record: attachment.id, operation: .edit,
                    edits: [Edit("arrived_at", old: time(attachment.arrivedAt), new: time(arrival))])
            }
            _ = try desk.decide(changes, act, base: try transaction.head(), in: transaction)
        }
        return attachments.count
    }

    private func time(_ instant: Instant?) -> Value { instant.map(Value.time) ?? .null }
}
