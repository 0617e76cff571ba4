import SyncEngine

/// What a roster may bring: the facts of households, as a survey has them (DOMAIN section 4). What an office decides, draws
/// up, pays or keeps about itself has acts of its own, which ask who does it and why.
enum RosterKinds {
    /// The closed list.
    static let names: Set<String> = [
        "household", "member", "income_item", "expense_item", "property_item", "supporter", "bank_account", "note",
    ]

    /// - Parameter place: of the block in the mapping.
    /// - Throws: ``Problem`` ``Problem/Code/badMapping`` for a kind that is none, or that no roster brings.
    static func kind(_ name: String?, at place: String, in schema: Schema) throws -> KindSchema {
        guard let name, let kind = schema.kind(name) else { throw Problem(.badMapping, "\(place).kind") }
        guard names.contains(name) else {
            let known = names.sorted().joined(separator: ", ")
            throw Problem(
                .badMapping, "\(place).kind: \(name)",
                explanation: Label(
                    zh: "名册不能带入“\(kind.label.zh)”（\(name)），只能带入：\(known)",
                    en: "A roster cannot bring \(kind.label.en.lowercased()) (\(name)), only: \(known)"))
        }
        return kind
    }

    /// - Throws: ``Problem`` ``Problem/Code/badMapping`` for a field that is none, is the office's own, or says what a
    ///   record is merged into.
    static func check(_ name: String, of kind: KindSchema) throws {
        guard let field = kind.field(name) else { throw Problem(.badMapping, "\(kind.name).\(name)") }
        guard !field.isDeskOnly, name != KindSchema.aliasField else {
            throw Problem(
                .badMapping, "\(kind.name).\(name)",
                explanation: Label(
                    zh: "“\(field.label.zh)”（\(kind.name).\(name)）不能由名册带入",
                    en: "\(field.label.en) (\(kind.name).\(name)) is nothing that a roster brings"))
        }
    }
}
