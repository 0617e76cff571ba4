package import GRDB
import GRDBSQLite
package import SyncEngine

/// A prepared statement of a connection's cache, bound and stepped directly: the hot path of both stores. GRDB owns
/// the connection, its cache, its transactions and its locks.
package struct Query {
    private let raw: OpaquePointer
    private let database: Database
    /// Where texts and blobs stay until the next binding; without it SQLite copies each.
    private let scratch: Scratch?
    private var position: Int32 = 0

    /// - Throws: `DatabaseError` when the SQL does not compile.
    package init(_ database: Database, _ sql: String) throws {
        let statement = try database.cachedStatement(sql: sql)
        raw = statement.sqliteStatement
        self.database = database
        scratch = nil
        // It was reset when it last ended; what was bound then goes, lest a photo's bytes or a value stay behind.
        sqlite3_clear_bindings(raw)
    }

    /// Every parameter is bound anew.
    fileprivate init(_ statement: Statement, _ database: Database, _ scratch: Scratch) {
        raw = statement.sqliteStatement
        self.database = database
        self.scratch = scratch
        scratch.clear()
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
            guard let start = UnsafeRawPointer(utf8.baseAddress) else {
                sqlite3_bind_text(raw, position, "", 0, transient)
                return
            }
            let kept = scratch?.keep(UnsafeRawBufferPointer(utf8))
            let bytes = (kept ?? start).assumingMemoryBound(to: CChar.self)
            sqlite3_bind_text(raw, position, bytes, Int32(utf8.count), kept == nil ? transient : nil)
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
            } else if let kept = scratch?.keep(buffer) {
                _ = sqlite3_bind_blob(raw, position, kept, Int32(buffer.count), nil)
            } else {
                _ = sqlite3_bind_blob(raw, position, buffer.baseAddress, Int32(buffer.count), transient)
            }
        }
    }

    package mutating func bind(_ id: RecordID) {
        position += 1
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { buffer in
            if let kept = scratch?.keep(buffer) {
                _ = sqlite3_bind_blob(raw, position, kept, 16, nil)
            } else {
                _ = sqlite3_bind_blob(raw, position, buffer.baseAddress, 16, transient)
            }
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

/// Bytes that bound parameters point at.
private final class Scratch {
    private let start = UnsafeMutableRawPointer.allocate(byteCount: Scratch.capacity, alignment: 16)
    private var used = 0
    private static let capacity = 8_192

    deinit { start.deallocate() }

    func clear() { used = 0 }

    /// - Returns: where the copy is; `nil` when it has no room.
    @inline(__always) func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
        guard bytes.count <= Self.capacity - used, let source = bytes.baseAddress else { return nil }
        let place = start + used
        place.copyMemory(from: source, byteCount: bytes.count)
        used += bytes.count
        return UnsafeRawPointer(place)
    }
}

/// The statements of a transaction's hot path, by number: each is looked up and compiled once, and SQLite reads what is bound
/// to it where it lies. What was bound last stays until the next binding, or until this object goes.
///
/// Confined to the transaction's connection; not `Sendable`.
package final class Statements {
    private struct Slot {
        var statement: Statement
        var scratch = Scratch()
    }

    private let database: Database
    private var slots: [Slot?] = []

    package init(_ database: Database) { self.database = database }

    deinit {
        // Nothing may point at the scratch that goes.
        for case let slot? in slots { sqlite3_clear_bindings(slot.statement.sqliteStatement) }
    }

    /// - Parameter number: of this statement alone, small.
    /// - Precondition: it does not stand on a row, and no other query runs the same SQL meanwhile.
    /// - Throws: `DatabaseError` when the SQL does not compile.
    package func query(_ number: Int, _ sql: @autoclosure () -> String) throws -> Query {
        if number < slots.count, let slot = slots[number] { return Query(slot.statement, database, slot.scratch) }
        while slots.count <= number { slots.append(nil) }
        let statement = try database.cachedStatement(sql: sql())
        sqlite3_clear_bindings(statement.sqliteStatement)
        let slot = Slot(statement: statement)
        slots[number] = slot
        return Query(statement, database, slot.scratch)
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
