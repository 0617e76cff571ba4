import GRDB
import SyncEngine

/// What a township signs of rows that do not follow from the log (docs/decisions/0101): accounts, sessions, invitations,
/// and who looked at what. Whoever changes such a row in the database cannot sign it.
package struct Attester: Sendable {
    let sign: @Sendable (_ statement: [UInt8]) throws -> [UInt8]
    let isOwn: @Sendable (_ signature: [UInt8], _ statement: [UInt8]) -> Bool

    /// - Parameters:
    ///   - sign: with the township's key.
    ///   - isOwn: whether a signature is the township's over a statement.
    package init(
        sign: @escaping @Sendable (_ statement: [UInt8]) throws -> [UInt8],
        isOwn: @escaping @Sendable (_ signature: [UInt8], _ statement: [UInt8]) -> Bool
    ) {
        self.sign = sign
        self.isOwn = isOwn
    }
}

/// A row in bytes that say nothing else: its table, then each value after its length.
struct RowStatement {
    private(set) var bytes = Array("ruhu row v1".utf8) + [0]

    init(_ table: String) { append(Array(table.utf8)) }

    mutating func append(_ value: [UInt8]?) {
        withUnsafeBytes(of: (value.map { UInt32($0.count) } ?? .max).bigEndian) { bytes.append(contentsOf: $0) }
        bytes += value ?? []
    }

    mutating func append(_ text: String) { append(Array(text.utf8)) }

    mutating func append(_ number: Int64?) {
        append(number.map { number in withUnsafeBytes(of: number.bigEndian) { Array($0) } })
    }
}

/// What all rows of a table come to, signed: none can go, and none come back as it was, while this does not.
struct AttestedTotal: Hashable {
    let table: String
    var count: UInt64 = 0
    /// 32 bytes that follow from every row.
    var sum = Hash256.zero.bytes

    init(_ table: String) { self.table = table }

    private var statement: [UInt8] {
        var statement = RowStatement(key)
        statement.append(Int64(bitPattern: count))
        statement.append(sum)
        return statement.bytes
    }

    private var key: String { "attested " + table }

    /// - Returns: `nil` when there is none, or the township has not signed it.
    static func read(_ table: String, _ attester: Attester, in database: Database) throws -> AttestedTotal? {
        var total = AttestedTotal(table)
        guard let bytes = try Meta.bytes(total.key, in: database), bytes.count > 40 else { return nil }
        total.count = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        total.sum = Array(bytes[8..<40])
        return attester.isOwn(Array(bytes[40...]), total.statement) ? total : nil
    }

    /// What is wrong with the rows that there are.
    /// - Parameter named: the rows that are known to be wrong.
    func findings(_ named: [String], _ attester: Attester, in database: Database) throws -> [AuditFinding] {
        let signed = try Self.read(table, attester, in: database)
        let isShort = signed.map { $0.count != count } ?? false
        let whole = signed == self ? [] : [isShort ? "\(table) \(count), not \(signed?.count ?? 0)" : table]
        return (named + whole).map { AuditFinding(.attestation, $0) }
    }

    static func exists(_ table: String, in database: Database) throws -> Bool {
        try Meta.bytes(AttestedTotal(table).key, in: database) != nil
    }

    func write(_ attester: Attester, in database: Database) throws {
        let count = withUnsafeBytes(of: count.bigEndian) { Array($0) }
        try Meta.set(count + sum + attester.sign(statement), for: key, in: database)
    }
}
