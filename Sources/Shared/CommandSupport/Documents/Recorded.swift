package import SyncEngine

/// What `new`, `edit`, `delete` and `amend` answer.
package struct Recorded: Sendable {
    package var id: RecordID
    package var kind: String
    /// Number of the change set; `nil` when nothing changed.
    package var set: UInt64?

    package init(id: RecordID, kind: String, set: UInt64?) {
        self.id = id
        self.kind = kind
        self.set = set
    }

    /// `id`, `kind`, `set`.
    package var json: JSONValue {
        .object([
            ("id", .string(id.description)), ("kind", .string(kind)),
            ("set", set.map { .int(Int64($0)) } ?? .null),
        ])
    }

    /// For people: that it is kept here.
    package var text: String {
        guard set != nil else { return L("\(id)  没有变化", "\(id)  unchanged") }
        return L("已保存 \(id)", "Saved \(id)")
    }
}

extension Output {
    /// One document gives one answer, a stream of them `records` and `count`. Warnings go to standard error.
    package func write(recorded: [Recorded], isStream: Bool, warnings: [Finding]) {
        Diagnostics.warn(warnings)
        if !isStream, let only = recorded.first {
            write(only.json, text: only.text)
        } else {
            write(
                .object([("records", .array(recorded.map(\.json))), ("count", .int(Int64(recorded.count)))]),
                text: L("已保存 \(recorded.count) 条", "Saved \(recorded.count)"))
        }
    }
}
