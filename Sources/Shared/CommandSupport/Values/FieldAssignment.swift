package import SyncEngine

/// `name=value` and its kin, as a person types them, and their JSON form.
package enum FieldAssignment {
    /// `name=value` sets, `name=` clears, `name+=value` adds and `name-=value` removes an element of a set.
    ///
    /// - Parameter isDesk: the township's desk may write what a station may not.
    /// - Throws: ``Problem``: ``Problem/Code/unknownField`` with the nearest name, ``Problem/Code/derivedField``,
    ///   ``Problem/Code/deskOnly`` for an alias or a field of the desk, ``Problem/Code/systemKind``,
    ///   ``Problem/Code/badValue``, ``Problem/Code/setTooLarge``.
    package static func parse(_ text: String, kind: KindSchema, isDesk: Bool = false) throws -> FieldWrite {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { throw noAssignment(text) }
        var name = String(text[..<equals])
        let value = String(text[text.index(after: equals)...])
        let sign = name.last.flatMap { $0 == "+" || $0 == "-" ? $0 : nil }
        if sign != nil { name.removeLast() }
        let field = try writable(name, kind: kind, isDesk: isDesk)
        guard let sign else { return .set(name, value.isEmpty ? .null : try Value.parse(text: value, for: field)) }
        guard field.isSet else {
            throw Problem(
                .badValue, name,
                explanation: Label(
                    zh: "“\(field.label.zh)”不能一项项增减，请写 \(name)=值",
                    en: "\(field.label.en) is no set of elements: write \(name)=value"))
        }
        let elements = try Value.parse(text: value, for: field).elements
        guard elements.count == 1 else {
            throw Problem(
                .badValue, name,
                explanation: Label(
                    zh: "一次增减一项；几项请写几次 \(name)\(sign)=值",
                    en: "One element at a time: repeat \(name)\(sign)=value for more"))
        }
        return sign == "+" ? .add(name, elements[0]) : .remove(name, elements[0])
    }

    /// From a JSON object of fields, in the schema's order; null clears.
    ///
    /// - Throws: as ``parse(_:kind:isDesk:)``; ``Problem/Code/badDocument`` when it is no object.
    package static func parse(_ fields: JSONValue, kind: KindSchema, isDesk: Bool = false) throws -> [FieldWrite] {
        guard case .members(let members) = fields else {
            throw Problem(.badDocument, "fields", explanation: Label(zh: "字段要写成对象 {…}", en: "Fields are an object {…}"))
        }
        var hint = 0
        let writes = try members.map { member -> (index: Int, write: FieldWrite) in
            let field = try writable(member.key, kind: kind, isDesk: isDesk)
            let value = try Value.parse(json: member.value, for: field).normalised
            return (kind.index(of: member.key, hint: &hint) ?? 0, .set(member.key, value))
        }
        // An object's members have no order of their own, and everything after this is quicker in the schema's.
        return writes.sorted { $0.index < $1.index }.map(\.write)
    }

    /// Type, size and rule of a value; of a list, the rule of each element.
    ///
    /// - Returns: the warnings to tell the person.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` with the rule's own words, ``Problem/Code/setTooLarge``.
    package static func validate(_ value: Value, field: FieldSchema, context: RuleContext) throws -> [Finding] {
        try SetValidation.check(value: value, of: field, name: field.name, context: context)
        guard let rule = field.rule, !value.isNull else { return [] }
        let parts: [Value] = if case .list(let elements) = value { elements.map(Value.text) } else { [value] }
        return parts.compactMap { rule.check($0, context) }.filter { $0.severity == .warning }
    }

    /// The same for what a write puts there; what is cleared or removed is not judged.
    ///
    /// - Throws: as ``validate(_:field:context:)``; ``Problem/Code/unknownField``.
    package static func validate(_ write: FieldWrite, kind: KindSchema, context: RuleContext) throws -> [Finding] {
        guard let field = kind.field(write.field) else { throw unknown(write.field, kind: kind) }
        return switch write {
        case .set(_, let value): try validate(value, field: field, context: context)
        case .add(_, let element): try validate(.list([element]), field: field, context: context)
        case .remove: []
        }
    }

    private static func writable(_ name: String, kind: KindSchema, isDesk: Bool) throws -> FieldSchema {
        if kind.isSystem { throw Problem(.systemKind, kind.name) }
        guard let field = kind.field(name) else { throw unknown(name, kind: kind) }
        var path: String { "\(kind.name).\(name)" }
        if field.derivation != nil || field.policy == .derived { throw Problem(.derivedField, path) }
        if !isDesk, field.isDeskOnly || name == KindSchema.aliasField { throw Problem(.deskOnly, path) }
        return field
    }

    private static func unknown(_ name: String, kind: KindSchema) -> Problem {
        let fields = kind.storedFields.map { (name: $0.name, label: $0.label) }
        return Problem(.unknownField, "\(kind.name).\(name)", explanation: Suggestion(of: name, among: fields).label)
    }

    private static func noAssignment(_ text: String) -> Problem {
        let isWide = text.contains("＝")
        return Problem(
            .badValue, text,
            explanation: Label(
                zh: isWide ? "请用半角等号：字段=值" : "要写成 字段=值",
                en: isWide ? "Use the ASCII sign: field=value" : "Write field=value"))
    }
}

extension Schema {
    /// The kind with this name.
    /// - Throws: ``Problem`` ``Problem/Code/unknownKind`` with the nearest name, or all of them.
    package func known(kind name: String) throws -> KindSchema {
        if let kind = kind(name) { return kind }
        let known = kinds.filter { !$0.isSystem && !$0.isDeskOnly }.map { (name: $0.name, label: $0.label) }
        throw Problem(.unknownKind, name, explanation: Suggestion(of: name, among: known, isKind: true).label)
    }
}
