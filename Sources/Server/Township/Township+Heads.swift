import GRDB
import RecordStore
import SyncEngine

extension Township {
    /// Compares the log with the head file. A log that ends before what the file says, or says something else, is a
    /// copy brought back by hand, and what it decides from here on is another history than the one its stations know:
    /// a new one begins. Of a log that is only shorter everything is taken to be common: it was not opened since.
    static func noticeCopy(
        _ database: AuthorityDatabase, headFile: HeadFile, isAudited: Bool, now: Instant
    ) throws -> HeadNotice? {
        let (heads, silent) = known(to: headFile)
        let found: (epoch: EpochID, tree: MerkleFrontier, comparison: HeadComparison)
        let isTold: Bool
        do {
            found = try database.read { try compare($0, with: heads, of: headFile, tables: database.tables) }
            // A history that begins meanwhile, or whose beginning was cut off before its head was written, says so itself.
            isTold = try database.read(HeadNotice.kept) != nil
        } catch  where isAudited {
            // A tree that cannot be read is for the audit to find.
            return nil
        }
        let (epoch, tree, comparison) = found
        var notice = judge(comparison, heads: heads, silent: silent, epoch: epoch, size: tree.size)
        if case .unannounced = notice, isTold { notice = nil }
        if isAudited { return notice }
        guard comparison.isContradicted else {
            if let notice { try database.write { try notice.keep(in: $0) } }
            // What a command that was killed after its commit has not said is said here.
            try headFile.add(epoch: epoch, tree: tree)
            return notice
        }
        let next = try database.write { transaction in
            // Another process may have noticed it at the same time.
            let present = try transaction.head().epoch
            if present == epoch {
                try transaction.startEpoch(
                    fork: comparison.isDifferent ? comparison.common : tree.size, epoch: newID(at: now),
                    desk: newID(at: now), reason: "copy", at: now)
                try notice?.keep(in: transaction)
            }
            return try transaction.head().epoch
        }
        try headFile.add(epoch: next, tree: tree)
        return notice
    }

    private static func judge(
        _ comparison: HeadComparison, heads: [TreeHead], silent: HeadNotice?, epoch: EpochID, size: UInt64
    ) -> HeadNotice? {
        if comparison.isContradicted {
            return .contradicted(common: comparison.common, signed: heads.map(\.size).max() ?? 0)
        }
        if !heads.isEmpty, !heads.contains(where: { $0.epoch == epoch }) { return .unannounced(epoch) }
        return size > 0 ? silent : nil
    }

    /// The heads in the file. The last goes on from all before it: when it is the township's own word, they are looked at
    /// only where it is contradicted.
    private static func known(to file: HeadFile) -> (heads: [TreeHead], silent: HeadNotice?) {
        do {
            let heads = try file.heads()
            let isOwn = heads.last.map(file.isOwn) ?? false
            return isOwn ? (heads, nil) : (heads.filter(file.isOwn), .foreign)
        } catch {
            return ([], error)
        }
    }

    private static func compare(
        _ connection: Database, with heads: [TreeHead], of file: HeadFile, tables: RecordTables
    ) throws -> (epoch: EpochID, tree: MerkleFrontier, comparison: HeadComparison) {
        let epoch = try AuthorityIdentity.read(connection).epoch
        let tree = LogTree(connection)
        let frontier = try tree.frontier()
        let log = try LogReader(connection, tables: tables).head().seq
        guard frontier.size == log else { throw Problem(.authorityDamaged, "tree \(frontier.size), log \(log)") }
        let last = try tree.compare(heads.suffix(1), epoch: epoch)
        return (epoch, frontier, try last.isContradicted ? tree.compare(heads.filter(file.isOwn), epoch: epoch) : last)
    }
}
