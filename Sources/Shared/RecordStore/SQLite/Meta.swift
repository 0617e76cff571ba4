package import GRDB
import SyncEngine

/// Single values of a store, by key.
package enum Meta {
    package static func bytes(_ key: String, in database: Database) throws -> [UInt8]? {
        var query = try Query(database, "SELECT value FROM meta WHERE key = ?")
        query.bind(key)
        return try query.first { $0.bytes(0) }
    }

    package static func set(_ bytes: [UInt8], for key: String, in database: Database) throws {
        // In place where the key is there already; `INSERT OR REPLACE` would write its index anew each time.
        var query = try Query(
            database,
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        query.bind(key)
        query.bind(bytes)
        try query.run()
    }

    package static func text(_ key: String, in database: Database) throws -> String? {
        try bytes(key, in: database).map { String(decoding: $0, as: UTF8.self) }
    }

    package static func set(_ text: String, for key: String, in database: Database) throws {
        try set(Array(text.utf8), for: key, in: database)
    }

    package static func number(_ key: String, in database: Database) throws -> UInt64? {
        try text(key, in: database).flatMap { UInt64($0) }
    }

    package static func set(_ number: UInt64, for key: String, in database: Database) throws {
        try set(String(number), for: key, in: database)
    }
}
