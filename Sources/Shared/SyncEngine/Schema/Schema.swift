/// The kinds a product knows. Adding a field is one line in its kind; stores add the column themselves.
package struct Schema: Sendable {
    /// Grows with every published change; a set says under which version it was written.
    package let version: UInt32
    /// In the order of declaration; the engine's own kinds come last.
    package let kinds: [KindSchema]
    /// The domain's rule over whole sets.
    package let admission: Admission?
    private let indexByName: [String: Int]

    /// - Precondition: kind names are unique, and every group names fields of its kind.
    package init(version: UInt32, kinds: [KindSchema], admission: Admission? = nil) {
        self.version = version
        self.admission = admission
        self.kinds = kinds + [ConflictRecord.kind, DeviceRevocation.kind]
        indexByName = Dictionary(uniqueKeysWithValues: self.kinds.enumerated().map { ($1.name, $0) })
    }

    package func kind(_ name: String) -> KindSchema? { indexByName[name].map { kinds[$0] } }

    /// The kinds whose records hang below a record of `kind`, with the fields that may refer to it.
    package func dependents(of kind: String) -> [(kind: KindSchema, field: String)] {
        kinds.flatMap { dependent in
            dependent.parents.filter { $0.kind == nil || $0.kind == kind }.map { (dependent, $0.field) }
        }
    }
}

/// One kind of record: its table, its form and its rules, declared in one place.
/// A class, as its fields are.
package final class KindSchema: Sendable {
    package let name: String
    package let label: Label
    package let fields: [FieldSchema]
    /// Where a record's root is found: the first of these fields that is set names the parent. Empty for a root.
    package let parents: [ParentField]
    /// The field of a root that holds its scope.
    package let scopeField: String?
    package let naturalKeys: [NaturalKey]
    /// A fact: never deleted by a station.
    package let isAppendOnly: Bool
    /// Written by the engine alone.
    package let isSystem: Bool
    /// Goes to every device whose scope lies below the record's, such as a policy: what holds for a township is read in
    /// all its villages. Like a record addressed to the device, it is in no digest of the device's scopes.
    package let isRegional: Bool
    /// Fields whose texts `find` searches.
    package let searchFields: [String]
    /// Fields by whose value a store finds records quickly, besides those that name a parent.
    package let lookupFields: [String]
    /// A rule over the whole record, after the rules of its fields.
    package let recordRule: RecordRule?
    package let groups: [FieldGroup]
    /// How a record leaves its parent without being deleted.
    package let departure: Departure?
    /// The stored fields in byte order of their names, for the digest: index, and the name as ``CanonicalBytes`` has it.
    let canonicalFields: [(index: Int, name: [UInt8])]
    private let indexByName: [String: Int]
    /// Of the fields, in their order.
    private let names: [String]

    /// A kind with a natural key also gets the field ``KindSchema/aliasField``, and so does one whose records a person
    /// may merge (`isMergeable`).
    package init(
        _ name: String, label: Label, parents: [ParentField] = [], scopeField: String? = nil,
        naturalKeys: [NaturalKey] = [], groups: [FieldGroup] = [], isAppendOnly: Bool = false, isSystem: Bool = false,
        isRegional: Bool = false, isMergeable: Bool = false, searchFields: [String] = [],
        lookupFields: [String] = [], departure: Departure? = nil, recordRule: RecordRule? = nil,
        fields: [FieldSchema]
    ) {
        let hasAlias = isMergeable || !naturalKeys.isEmpty
        let alias = FieldSchema(
            Self.aliasField, .reference, .townshipWins, .none,
            Label(zh: "并入", en: "Alias of"))
        self.name = name
        self.label = label
        self.fields = fields + (hasAlias ? [alias] : [])
        self.parents = parents
        self.scopeField = scopeField
        self.naturalKeys = naturalKeys
        self.groups = groups
        self.isAppendOnly = isAppendOnly
        self.isSystem = isSystem
        self.isRegional = isRegional
        self.searchFields = searchFields
        self.lookupFields = lookupFields + (hasAlias ? [Self.aliasField] : [])
        self.departure = departure
        self.recordRule = recordRule
        let all = self.fields
        canonicalFields = all.indices.filter { all[$0].derivation == nil }
            .sorted { all[$0].name.utf8.lexicographicallyPrecedes(all[$1].name.utf8) }
            .map { ($0, CanonicalBytes.text(all[$0].name)) }
        names = all.map(\.name)
        indexByName = Dictionary(uniqueKeysWithValues: zip(names, all.indices))
    }

    /// The field that makes a second creation of the same thing an alias of the first: by itself where a natural key
    /// says so, by a person's decision where records are only proposed for merging.
    package static let aliasField = "alias_of"

    package func index(of field: String) -> Int? { indexByName[field] }
    package func field(_ name: String) -> FieldSchema? { indexByName[name].map { fields[$0] } }

    /// The same, for fields that mostly come in schema order: looks where the one before was found, and behind it,
    /// before it looks everywhere.
    /// - Parameter hint: where to look first; then the place after the field that was found.
    package func index(of field: String, hint: inout Int) -> Int? {
        for candidate in hint..<min(hint + 3, names.count) where names[candidate] == field {
            hint = candidate + 1
            return candidate
        }
        guard let found = indexByName[field] else { return nil }
        hint = found + 1
        return found
    }
    package func group(of field: String) -> FieldGroup? { groups.first { $0.fields.contains(field) } }

    /// Whether a record of this kind in `scope`, outside `scopes`, is for their device all the same.
    package func reaches(_ scopes: [Scope], from scope: Scope) -> Bool {
        isRegional && scopes.contains { scope.covers($0) }
    }

    /// Written by the desk alone, in every field.
    package var isDeskOnly: Bool { !fields.isEmpty && fields.allSatisfy(\.isDeskOnly) }

    /// Fields that are sent, stored and digested: all but the derived ones.
    package var storedFields: [FieldSchema] { fields.filter { $0.derivation == nil } }
}

/// A reference that makes this record a dependent of another; its scope is its root's.
package struct ParentField: Sendable {
    package let field: String
    /// `nil`: of any kind.
    package let kind: String?

    package init(_ field: String, kind: String?) {
        self.field = field
        self.kind = kind
    }
}

/// What makes two records of a kind, under the same root, the same thing.
package struct NaturalKey: Sendable {
    /// All must be set for the key to apply.
    package let required: [String]
    /// Compared as they are; two nulls are equal.
    package let optional: [String]

    package init(required: [String], optional: [String] = []) {
        self.required = required
        self.optional = optional
    }

    package var fields: [String] { required + optional }
}

/// A value by which a record leaves its parent and is kept, such as a member who lives in the household no more. Like a
/// deletion it is not decided over what others wrote below the record unseen: a person decides, and what they wrote stays.
package struct Departure: Sendable {
    package let field: String
    package let value: Value

    package init(_ field: String, _ value: Value) {
        self.field = field
        self.value = value
    }
}

/// Fields that mean something only together: they stand or fall together.
package struct FieldGroup: Sendable {
    package let name: String
    /// In schema order.
    package let fields: [String]

    package init(_ name: String, _ fields: [String]) {
        self.name = name
        self.fields = fields
    }
}

/// A text in both languages of the product.
package struct Label: Hashable, Sendable {
    package let zh: String
    package let en: String

    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }
}
