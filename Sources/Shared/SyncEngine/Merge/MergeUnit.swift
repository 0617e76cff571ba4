/// What is decided as one: a field, one element of a set, or a group of fields with all its values.
struct MergeUnit {
    /// Names the unit in a conflict record: the field, or the group's name.
    let key: FieldKey
    /// The fields, in schema order; one unless it is a group.
    let members: [FieldKey]
    let policy: MergePolicy
    let base: Base
    /// The author's values by member; a group's missing ones are taken from what the author had seen.
    let edits: [FieldKey: Edit]

    /// The edits of one change as units, in the order of their first edits.
    static func units(of edits: [Edit], in kind: KindSchema, defaultBase: Base) -> [MergeUnit] {
        var units: [MergeUnit] = []
        var seenGroups: Set<String> = []
        for edit in edits {
            let policy = kind.field(edit.field)?.policy ?? .humanReview
            guard let group = kind.group(of: edit.field) else {
                units.append(
                    MergeUnit(
                        key: edit.key, members: [edit.key], policy: policy, base: edit.base ?? defaultBase,
                        edits: [edit.key: edit]))
                continue
            }
            guard seenGroups.insert(group.name).inserted else { continue }
            let own = edits.filter { group.fields.contains($0.field) }
            let base = own.map { $0.base ?? defaultBase }.min { $0.seq < $1.seq } ?? defaultBase
            units.append(
                MergeUnit(
                    key: FieldKey(field: group.name), members: group.fields.map { FieldKey(field: $0) }, policy: policy,
                    base: base, edits: Dictionary(own.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })))
        }
        return units
    }

    /// The unit's members of a conflict's `field`, for reading and resolving it.
    static func members(of key: FieldKey, in kind: KindSchema) -> [FieldKey] {
        if let group = kind.groups.first(where: { $0.name == key.field }) {
            return group.fields.map { FieldKey(field: $0) }
        }
        return [key]
    }

    func touches(_ effect: Effect) -> Bool { members.contains(effect.key) }

    func values(in record: Record, kind: KindSchema) -> [Value] { members.map { record.value($0, in: kind) } }
}
