package import SyncEngine

/// What every bundle command says with `--json`.
package struct BundleDocument {
    package var file: String
    package var bytes: Int
    package var sets = 0
    /// Blobs in the file.
    package var blobs = 0
    private var counts = SyncSession.Counts()

    package init(file: String, bytes: Int) {
        self.file = file
        self.bytes = bytes
    }

    package init(file: String, bytes: Int, counts: SyncSession.Counts) {
        self.init(file: file, bytes: bytes)
        self.counts = counts
        sets = counts.sets
    }

    /// The contract's members, then a command's own.
    package func members(_ more: [(String, JSONValue)]) -> [(String, JSONValue)] {
        [
            ("sets", .int(Int64(sets))), ("applied", .int(Int64(counts.applied))),
            ("conflicted", .int(Int64(counts.conflicted))), ("quarantined", .int(Int64(counts.quarantined))),
            ("pulled", .int(Int64(counts.records))), ("file", .string(file)), ("bytes", .int(Int64(bytes))),
            ("blobs", .int(Int64(blobs))),
        ] + more
    }

    package func json(_ more: [(String, JSONValue)]) -> JSONValue { .object(members(more)) }
}
