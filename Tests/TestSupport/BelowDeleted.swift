package import SyncEngine

extension Schema {
    /// Live records whose parent is deleted: nobody finds them, and no command brings the parent back. What the engine writes
    /// and what is never deleted stay where they are.
    /// - Parameter records: all of an authority, deleted ones too.
    package func belowDeleted(_ records: [Record]) -> [String] {
        let deleted = Set(records.lazy.filter(\.isDeleted).map(\.id))
        return records.filter { !$0.isDeleted }.compactMap { record in
            guard let kind = self.kind(record.kind), !kind.isSystem, !kind.isAppendOnly,
                let parent = kind.parents.lazy.compactMap({ record.value($0.field, in: kind).recordID })
                    .first(where: deleted.contains)
            else { return nil }
            return "\(record.kind) \(record.id) stands below \(parent), which is deleted"
        }
    }
}
