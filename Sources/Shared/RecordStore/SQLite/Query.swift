package import GRDB
import GRDBSQLite
package import SyncEngine

/// A prepared statement of a connection's cache, bound and stepped directly: the hot path of both stores. GRDB owns
/// the connection, its cache, its transactions and its locks.
package struct Query {
    private let raw: OpaquePointer
    private let database: Database
    private var position: Int32 = 0

    /// - Throws: `DatabaseError` when the SQL does not compile.
    package init(_ database: Database, _ sql: String) throws {
        let statement = try database.cachedStatement(sql: sql)
        raw = statement.sqliteStatement
        self.database = database
        // It was reset when it last ended; what was bound then goes, lest a photo's bytes or a value stay behind.
        sqlite3_clear_bindings(raw)
    }

    // MARK: - Binding, in order

    package mutating func bind(_ number: Int64?) {
        position += 1
        if let number { sqlite3_bind_int64(raw, position, number) } else { sqlite3_bind_null(raw, position) }
    }

    package mutating func bind(_ number: UInt64) { bind(Int64(bitPattern: number)) }
    package mutating func bind(_ number: Int) { bind(Int64(number)) }
    package mutating func bind(_ flag: Bool) { bind(flag ? 1 as Int64 : 0) }

    package mutating func bind(_ text: String?) {
        position += 1
        guard var text else {
            sqlite3_bind_null(raw, position)
            return
        }
        text.withUTF8 { utf8 in
            // Text of no bytes has no address, and SQLite takes a null address for NULL.
            let start = UnsafeRawPointer(utf8.baseAddress)?.assumingMemoryBound(to: CChar.self)
            if let start {
                sqlite3_bind_text(raw, position, start, Int32(utf8.count), transient)
            } else {
                sqlite3_bind_text(raw, position, "", 0, transient)
            }
        }
    }

    package mutating func bind(_ bytes: [UInt8]?) {
        position += 1
        guard let bytes else {
            sqlite3_bind_null(raw, position)
            return
        }
        bytes.withUnsafeBytes { buffer in
            if buffer.isEmpty {
                _ = sqlite3_bind_zeroblob(raw, position, 0)
            } else {
                _ = sqlite3_bind_blob(raw, position, buffer.baseAddress, Int32(buffer.count), transient)
            }
        }
    }

    package mutating func bind(_ id: RecordID) {
        position += 1
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { buffer in
            _ = sqlite3_bind_blob(raw, position, buffer.baseAddress, 16, transient)
        }
    }

    // MARK: - Running

    /// Runs a statement that gives no rows.
    /// - Throws: `DatabaseError`, as SQLite says it.
    package func run() throws {
        let code = sqlite3_step(raw)
        defer { sqlite3_reset(raw) }
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw error(code) }
    }

    /// Calls `body` for each row; it returns false to stop.
    /// - Throws: `DatabaseError`, and what `body` throws.
    package func forEach(_ body: (Columns) throws -> Bool) throws {
        defer { sqlite3_reset(raw) }
        while true {
            let code = sqlite3_step(raw)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw error(code) }
            if try !body(Columns(raw: raw)) { return }
        }
    }

    /// The first row, or `nil`.
    package func first<T>(_ body: (Columns) throws -> T) throws -> T? {
        var result: T?
        try forEach { row in
            result = try body(row)
            return false
        }
        return result
    }

    /// Every row.
    package func all<T>(_ body: (Columns) throws -> T) throws -> [T] {
        var result: [T] = []
        try forEach { row in
            result.append(try body(row))
            return true
        }
        return result
    }

    private func error(_ code: Int32) -> DatabaseError {
        let message = database.sqliteConnection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
}

/// The columns of the row a ``Query`` stands on.
package struct Columns {
    fileprivate let raw: OpaquePointer

    package func isNull(_ index: Int32) -> Bool { sqlite3_column_type(raw, index) == SQLITE_NULL }
    package func int64(_ index: Int32) -> Int64 { sqlite3_column_int64(raw, index) }
    package func int(_ index: Int32) -> Int { Int(sqlite3_column_int64(raw, index)) }
    package func uint64(_ index: Int32) -> UInt64 { UInt64(bitPattern: sqlite3_column_int64(raw, index)) }
    package func bool(_ index: Int32) -> Bool { sqlite3_column_int64(raw, index) != 0 }

    package func text(_ index: Int32) -> String {
        guard let start = sqlite3_column_text(raw, index) else { return "" }
        let count = Int(sqlite3_column_bytes(raw, index))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    package func optionalText(_ index: Int32) -> String? { isNull(index) ? nil : text(index) }

    package func bytes(_ index: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(raw, index) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(raw, index))))
    }

    /// 16 bytes; anything else is a damaged row and reads as the zero id.
    package func id(_ index: Int32) -> RecordID {
        guard let start = sqlite3_column_blob(raw, index), sqlite3_column_bytes(raw, index) == 16 else {
            return RecordID(high: 0, low: 0)
        }
        return RecordID(at: start)
    }
}

/// SQLITE_TRANSIENT: SQLite copies before the call returns. A macro with a cast, which Swift does not import.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
