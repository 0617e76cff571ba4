/// What can be said of a set without looking at any record: kinds, fields, types, rules, who may write what. The
/// station applies it at capture, the server before deciding; a set that fails it can never apply.
package enum SetValidation {
    /// - Throws: ``Problem`` with the first finding.
    package static func check(_ set: ChangeSet, schema: Schema, isDesk: Bool, context: RuleContext) throws {
        if case .withdraw = set.intent { return }
        guard !set.changes.isEmpty else { throw Problem(.malformedSet, "changes") }
        guard set.changes.count <= Limits.changesPerSet else { throw Problem(.setTooLarge, "\(set.changes.count)") }
        for change in set.changes {
            guard let kind = schema.kind(change.kind) else {
                throw Problem(set.schemaVersion > schema.version ? .newerSchema : .unknownKind, change.kind)
            }
            if kind.isSystem { throw Problem(.systemKind, change.kind) }
            if kind.isDeskOnly && !isDesk { throw Problem(.deskOnly, change.kind) }
            if change.operation == .delete {
                if kind.isAppendOnly && !isDesk { throw Problem(.appendOnly, change.kind) }
                if set.reason.isEmpty { throw Problem(.reasonNeeded, change.kind) }
            }
            var hint = 0
            let edits = change.edits.span
            for row in edits.indices {
                guard let index = kind.index(of: edits[row].field, hint: &hint) else {
                    throw Problem(
                        set.schemaVersion > schema.version ? .newerSchema : .unknownField,
                        "\(kind.name).\(edits[row].field)")
                }
                try check(edits[row], of: kind.fields[index], in: kind, set: set, isDesk: isDesk, context: context)
            }
        }
    }

    private static func check(
        _ edit: borrowing Edit, of field: FieldSchema, in kind: KindSchema, set: ChangeSet, isDesk: Bool,
        context: RuleContext
    ) throws {
        var name: String { "\(kind.name).\(field.name)" }
        if field.derivation != nil { throw Problem(.derivedField, name) }
        if field.isDeskOnly && !isDesk { throw Problem(.deskOnly, name) }
        if field.name == KindSchema.aliasField && !isDesk { throw Problem(.deskOnly, name) }
        if field.policy == .monotone && edit.new.isNull && !edit.old.isNull {
            if !isDesk { throw Problem(.deskOnly, name) }
            if set.reason.isEmpty { throw Problem(.reasonNeeded, name) }
        }
        if let element = edit.element {
            guard field.isSet, edit.new.isNull || edit.new == .text(element) else { throw Problem(.badValue, name) }
            if !edit.new.isNull { try check(value: .list([element]), of: field, name: name, context: context) }
        } else {
            guard !field.isSet else { throw Problem(.badValue, name) }
            try check(value: edit.new, of: field, name: name, context: context)
        }
    }

    /// Type, size and rule of one value.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` with the rule's own words.
    package static func check(
        value: Value, of field: FieldSchema, name: @autoclosure () -> String, context: RuleContext
    ) throws {
        guard field.type.admits(value) else { throw Problem(.badValue, name()) }
        switch value {
        case .text(let text) where text.utf8.count > Limits.textBytes:
            throw Problem(.setTooLarge, name())
        case .list(let elements)
        where elements.count > Limits.listElements || elements.contains(where: { $0.utf8.count > Limits.textBytes }):
            throw Problem(.setTooLarge, name())
        default: break
        }
        guard let rule = field.rule, !value.isNull else { return }
        func judge(_ part: Value) throws {
            if let finding = rule.check(part, context), finding.severity == .error {
                throw Problem(.badValue, name(), explanation: finding.message)
            }
        }
        guard case .list(let elements) = value else { return try judge(value) }
        for element in elements { try judge(.text(element)) }
    }

    /// The record's own rule, over its values after the set.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for the first error.
    package static func check(record: Record, kind: KindSchema, context: RuleContext) throws {
        guard let rule = kind.recordRule else { return }
        if let error = rule(record.named(in: kind), context).first(where: { $0.severity == .error }) {
            throw Problem(.badValue, error.field.map { "\(kind.name).\($0)" } ?? kind.name, explanation: error.message)
        }
    }
}
