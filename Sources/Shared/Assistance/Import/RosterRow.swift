package import SyncEngine

/// What a row of a roster comes to: new records, or the update of the one that is known by its key. What is below a
/// record that is known is taken from its first import alone, so that a second one doubles nothing.
package struct RosterRow: Sendable {
    /// Counted from 1.
    package let line: Int
    /// One of them when the record is known.
    package let drafts: [Draft]
    /// The record that was found by the key.
    package let known: Record?
    /// Whom the row calls the head of a household that is known: to be made where nobody is on record as head.
    package let head: Draft?

    /// - Parameters:
    ///   - village: of a first record whose row names none.
    ///   - find: the record that has the key's values already.
    ///   - newID: for each new record.
    /// - Throws: ``RosterMapping/RowError`` for a bad row, and for one that has nothing in a field by which it would be found
    ///   again: the next import would double it; ``Problem`` ``Problem/Code/badMapping`` for an alias that is
    ///   none; what `find` throws.
    package init(
        _ row: CSVTable.Row, of table: CSVTable, by mapping: RosterMapping, village: Scope? = nil,
        find: (_ record: RosterMapping.Draft, _ key: [(field: String, value: Value)]) throws -> Record?,
        newID: () -> RecordID
    ) throws {
        guard let fields = table.fields(of: row) else {
            throw RosterMapping.RowError(
                field: "",
                reason: Label(
                    zh: "应有 \(table.header.count) 列，实有 \(row.fields.count) 列",
                    en: "\(row.fields.count) columns instead of \(table.header.count)"))
        }
        var records = try mapping.drafts(of: fields)
        if let village, let field = records.first?.kind.scopeField, records[0].value(field) == nil {
            records[0].fields.append((field, .value(.text(village.code))))
        }
        if let first = records.first, let missing = first.missingKey { throw missing }
        line = row.line
        known = try records.first.flatMap { first in try first.keyValues.flatMap { try find(first, $0) } }
        var ids: [String: RecordID] = [:]
        let new = records.map { record -> (RosterMapping.Draft, RecordID) in
            let id = newID()
            if let alias = record.alias { ids[alias] = id }
            return (record, id)
        }
        if let first = records.first, let known {
            head = try new.dropFirst().first { record, _ in record.isHead(of: first) }.map { record, id in
                let references = first.alias.map { [$0: known.id] } ?? [:]
                return Draft(
                    kind: record.kind, record: id, operation: .create, writes: try record.writes(references: references)
                )
            }
            drafts = [
                Draft(kind: first.kind, record: known.id, operation: .edit, writes: try first.writes(staying: known))
            ]
        } else {
            head = nil
            drafts = try new.map { record, id in
                Draft(kind: record.kind, record: id, operation: .create, writes: try record.writes(references: ids))
            }
        }
    }
}

extension RosterMapping.Draft {
    package func value(_ name: String) -> Value? {
        guard case .value(let value)? = fields.first(where: { $0.name == name })?.value else { return nil }
        return value
    }

    /// 户主 or 本人 (GB/T 4761), and of nobody else in the row.
    fileprivate func isHead(of household: Self) -> Bool {
        guard kind.name == memberKind.name, household.kind.name == householdKind.name,
            ["01", "02"].contains(value("relation")?.text)
        else { return false }
        return fields.allSatisfy { name, field in
            guard case .reference(let alias) = field else { return true }
            return name == "household" && alias == household.alias
        }
    }

    /// By which an existing record is found; `nil` without a key.
    package var keyValues: [(field: String, value: Value)]? {
        let values = key.compactMap { name in value(name).map { (field: name, value: $0) } }
        return key.isEmpty || values.count < key.count ? nil : values
    }

    /// What is wrong with a record whose key is not all there; `nil` for one that is whole, or has no key.
    fileprivate var missingKey: RosterMapping.RowError? {
        let missing = key.filter { name in
            switch value(name) {
            case nil, .null?: true
            case .text(let text)?: text.allSatisfy(\.isWhitespace)
            default: false
            }
        }
        guard let first = missing.first else { return nil }
        let labels = missing.map { name in kind.field(name)?.label ?? Label(zh: name, en: name) }
        return RosterMapping.RowError(
            field: "\(kind.name).\(first)",
            reason: Label(
                zh: "缺\(labels.map(\.zh).joined(separator: "、"))，没有导入",
                en: "Without \(labels.map { $0.en.lowercased() }.joined(separator: ", ")): not taken in"))
    }

    /// Of a record that is known: it stays where it is. What the row says of others, which are not brought in once more,
    /// is left out.
    /// - Throws: ``RosterMapping/RowError`` for a row that says it is elsewhere.
    fileprivate func writes(staying known: Record) throws -> [FieldWrite] {
        let places = Set(kind.parents.map(\.field) + [kind.scopeField].compactMap(\.self))
        return try fields.compactMap { name, field in
            guard case .value(let value) = field else { return nil }
            if places.contains(name), value != known.value(name, in: kind), let field = kind.field(name) {
                throw RosterMapping.RowError(
                    field: "\(kind.name).\(name)",
                    reason: Label(
                        zh: "\(kind.label.zh)已有记录，\(field.label.zh)不同；名册不能改变它的归属",
                        en:
                            "The \(kind.label.en.lowercased()) is on record with another \(field.label.en.lowercased()); no roster moves it"
                    ))
            }
            return .set(name, value)
        }
    }

    fileprivate func writes(references: [String: RecordID]) throws -> [FieldWrite] {
        try fields.map { name, field in
            switch field {
            case .value(let value): return .set(name, value)
            case .reference(let alias):
                guard let id = references[alias] else { throw Problem(.badMapping, alias) }
                return .set(name, .text(id.description))
            }
        }
    }
}
