package import GRDB
package import SyncEngine

extension RecordTables {
    /// Live records of a kind that stand for themselves, in id order.
    /// - Parameters:
    ///   - first: the smallest id that counts; `nil` from the beginning.
    ///   - scope: of which village or region: a prefix of its code; empty for all.
    package func page(
        of kind: KindSchema, from first: RecordID?, in scope: String, limit: Int, database: Database
    ) throws -> [Record] {
        let standing = kind.index(of: KindSchema.aliasField) == nil ? "" : "AND \(KindSchema.aliasField) IS NULL"
        var query = try Query(
            database,
            """
            \(sql(kind).selectAll) WHERE id >= ?1 AND deleted = 0 \(standing) \
            AND substr(scope, 1, length(?2)) = ?2 ORDER BY id LIMIT ?3
            """)
        query.bind(first ?? RecordID(high: 0, low: 0))
        query.bind(scope)
        query.bind(limit)
        return try query.all { try read($0, kind: kind) }
    }
}
