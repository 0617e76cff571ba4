import GRDB
import Glibc
import RecordStore
import SyncEngine
import Synchronization

/// Where the ledger is kept: `ledger.sqlite` beside the authority, for its owner alone. It is derived from the log and
/// may be deleted at any time (docs/decisions/0071-ledger.md).
final class LedgerFile: Sendable {
    private let path: String?
    private let opened = Mutex<(any DatabaseWriter)?>(nil)

    /// How long one process waits while another builds the ledger from nothing.
    private static let busyTimeoutSeconds = 120.0

    /// - Parameter path: `nil`: in memory.
    init(path: String?) { self.path = path }

    /// The database, opened at the first call. One that is damaged gives way to an empty one; where nothing can be
    /// written it is kept in memory, and built for this process alone.
    func database() throws -> any DatabaseWriter {
        try opened.withLock { opened in
            if let opened { return opened }
            let database = try open()
            opened = database
            return database
        }
    }

    /// Removes what turned out to be damaged: the next call opens an empty one.
    func discard() {
        opened.withLock { opened in
            opened = nil
            remove()
        }
    }

    private func remove() {
        guard let path else { return }
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }

    private func open() throws -> any DatabaseWriter {
        guard let path, isWritable(path) else { return try DatabaseQueue(configuration: Self.configuration) }
        do {
            return try pool(path)
        } catch let error as DatabaseError where LedgerFile.isDamage(error) {
            remove()
            guard isWritable(path) else { throw error }
            return try pool(path)
        }
    }

    /// Of several that make the file at once, one turns it to the journal that it is kept with; SQLite lets nobody wait for
    /// that, so the others come again.
    private func pool(_ path: String) throws -> DatabasePool {
        let deadline = ContinuousClock.now + .seconds(Self.busyTimeoutSeconds)
        while true {
            do {
                return try DatabasePool(path: path, configuration: Self.configuration)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline
            {
                usleep(Self.pauseMicroseconds)
            }
        }
    }

    private static let pauseMicroseconds: useconds_t = 20_000

    /// Whether the file is there and can be written; made for its owner alone (mode 0600) when it is not there.
    private func isWritable(_ path: String) -> Bool {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    private static var configuration: Configuration {
        var configuration = Connection.configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.prepareDatabase { database in
            // A power cut may take the last refreshes, and their position with them: they are done again.
            try database.execute(sql: "PRAGMA synchronous = NORMAL;")
        }
        return configuration
    }

    static func isDamage(_ error: DatabaseError) -> Bool {
        error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
    }
}
