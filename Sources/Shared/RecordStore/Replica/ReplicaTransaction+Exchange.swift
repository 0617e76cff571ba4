package import SyncEngine

/// What every way to the township has in common: HTTP and bundles.
extension ReplicaTransaction {
    /// Numbers up to here may have left the station: these sets are never rewritten. The mark never goes back.
    package func markOffered(through number: UInt64) throws {
        let known = try Meta.number("offered", in: database) ?? 0
        if number > known { try Meta.set(number, for: "offered", in: database) }
    }

    /// At the cursor of the last page, and there only, both sides must hold the same: notes whether they do.
    package func compareDigests(_ page: PullPage) throws {
        guard !page.hasMore, !page.digests.isEmpty else { return }
        let own = try digests()
        let differs = page.digests.contains { theirs in
            own.first { $0.scope == theirs.scope }?.digest ?? RecordDigest() != theirs.digest
        }
        try Meta.set(differs ? 1 as UInt64 : 0, for: "digest_differs", in: database)
    }
}
