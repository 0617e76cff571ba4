import Assistance
import CommandSupport
import SyncEngine

/// What a roster would do to the township's records, before it does: values, for a page and a command alike.
struct ImportPlan: Sendable {
    /// A field that would change.
    struct FieldChange: Sendable {
        let field: FieldSchema
        let from: Value
        let to: Value
    }

    struct Row: Sendable {
        let line: Int
        /// The first of the row's records.
        let record: RecordID
        let kind: KindSchema
        /// What would be made, or the one record that would be changed.
        let drafts: [Draft]
        let isNew: Bool
        /// Of a record that is known.
        let changes: [FieldChange]
        /// How many changes of records it comes to.
        let size: Int
        /// By which the first record is found, and where.
        let key: RosterKey?
    }

    /// What a clerk should look at before a row is taken in, which it is all the same.
    struct Warning: Hashable, Sendable {
        let line: Int
        /// The household that it is about; `nil` when that is the file's own.
        let record: RecordID?
        let reason: Label

        var text: String { L("第 \(line) 行：", "Line \(line): ") + reason.text() }
    }

    /// The state of the township that it was made of.
    let seq: Seq
    let encoding: TextEncoding
    /// Rows of the file, its header not counted.
    let count: Int
    let rows: [Row]
    /// Rows that are as they stand.
    let unchanged: Int
    let rejected: [RejectedRow]
    let warnings: [Warning]

    /// New records by kind, in the order of the first of each.
    var created: [(kind: KindSchema, count: Int)] {
        var result: [(kind: KindSchema, count: Int)] = []
        for draft in rows.lazy.flatMap(\.drafts) where draft.operation == .create {
            if let index = result.firstIndex(where: { $0.kind.name == draft.kind.name }) {
                result[index].count += 1
            } else {
                result.append((draft.kind, 1))
            }
        }
        return result
    }

    /// Those of which a field changes; of a household that is known the head may be new alone.
    var changed: [Row] { rows.filter { !$0.isNew && !$0.changes.isEmpty } }
}

/// By what a roster finds a record again: in its village alone, for numbers repeat from village to village.
struct RosterKey: Hashable, Sendable {
    let kind: String
    let fields: [String]
    /// Empty for kinds that name none.
    let village: String
    let values: [Value]
}

extension ImportPlan {
    /// `rows`, `created` (records), `kinds` [{`kind`, `count`}], `updated` (records), `unchanged` (rows), `changes`
    /// [{`line`, `id`, `kind`, `fields` [{`field`, `from`, `to`}]}], `rejected` [{`line`, `field`, `reason`}],
    /// `warnings` [{`line`, `household`, `reason`}], `encoding`, `seen`.
    /// - Parameter isClear: on the server's own shell; pages mask what is masked on every page.
    func document(isClear: Bool) -> JSONValue {
        .object([
            ("rows", .int(Int64(count))), ("created", .int(Int64(created.reduce(0) { $0 + $1.count }))),
            (
                "kinds",
                .array(
                    created.map { .object([("kind", .string($0.kind.name)), ("count", .int(Int64($0.count)))]) })
            ),
            ("updated", .int(Int64(changed.count))), ("unchanged", .int(Int64(unchanged))),
            (
                "changes", .array(changed.map { Self.document($0, isClear: isClear) })
            ), ("rejected", .array(rejected.map(\.document))),
            (
                "warnings",
                .array(
                    warnings.map { warning in
                        .object([
                            ("line", .int(Int64(warning.line))),
                            ("household", warning.record.map { .string($0.description) } ?? .null),
                            ("reason", .string(warning.reason.text())),
                        ])
                    })
            ),
            ("encoding", .string(encoding.rawValue)), ("seen", .int(Int64(seq))),
        ])
    }

    private static func document(_ row: Row, isClear: Bool) -> JSONValue {
        let fields = row.changes.map { change in
            let shown = [change.from, change.to].map {
                isClear ? $0 : Masking.masked($0, of: change.field.name, in: row.kind.name)
            }
            return JSONValue.object([
                ("field", .string(change.field.name)), ("from", JSONValue(shown[0])), ("to", JSONValue(shown[1])),
            ])
        }
        return .object([
            ("line", .int(Int64(row.line))), ("id", .string(row.record.description)),
            ("kind", .string(row.kind.name)), ("fields", .array(fields)),
        ])
    }

    /// For people.
    func text(isApplied: Bool) -> String {
        let records = created.reduce(0) { $0 + $1.count }
        let head =
            isApplied
            ? L(
                "\(count) 行：新建 \(records) 条，更新 \(changed.count) 条，未变 \(unchanged) 行，退回 \(rejected.count) 行",
                "\(count) rows: \(records) created, \(changed.count) updated, \(unchanged) as they were, \(rejected.count) rejected"
            )
            : L(
                "试导入，什么也没有写。\(count) 行：将新建 \(records) 条，更新 \(changed.count) 条，未变 \(unchanged) 行，退回 \(rejected.count) 行",
                "Dry run, nothing was written. \(count) rows: \(records) would be created, \(changed.count) updated, \(unchanged) are as they were, \(rejected.count) rejected"
            )
        let kinds = created.map { "  \($0.kind.label.text())  \($0.count)" }
        let changes = changed.flatMap { row in
            [L("第 \(row.line) 行 ", "Line \(row.line), ") + "\(row.kind.label.text()) \(row.record)"]
                + row.changes.map { change in
                    let (from, to) = (
                        PlainText.of(change.from, field: change.field), PlainText.of(change.to, field: change.field)
                    )
                    return "    \(change.field.label.text())  \(from) → \(to)"
                }
        }
        return ([head] + kinds + changes + warnings.map(\.text) + rejected.map(\.text)).joined(separator: "\n")
    }
}
