import SyncEngine

/// What one address of the console does, for programs: a line of docs/openapi.yaml.
struct Operation: Sendable {
    /// What is typed into a form, or asked for in an address.
    struct Field: Sendable {
        let name: String
        let shape: Shape
        let isNeeded: Bool

        static func needed(_ name: String, _ shape: Shape = .text) -> Field {
            Field(name: name, shape: shape, isNeeded: true)
        }

        static func optional(_ name: String, _ shape: Shape = .text) -> Field {
            Field(name: name, shape: shape, isNeeded: false)
        }

        /// The head of the log that the page showed, from its answer.
        static let seen = Field.needed("seen", .integer)
        static let reason = Field.needed("reason")
        static let remark = Field.optional("reason")
        /// Where a page of a list begins: what the page before gave as `next` or `after`.
        static let after = Field.optional("after")
        static let village = Field.optional("village")
    }

    enum Answer: Sendable {
        case document(Shape)
        /// A file of one of these types.
        case file([String])
    }

    let summary: Label
    let query: [Field]
    /// `nil`: it takes no body.
    let form: [Field]?
    let answer: Answer

    /// A page, read.
    static func page(_ zh: String, _ en: String, query: [Field] = [], _ members: [(String, Shape)]) -> Operation {
        Operation(summary: Label(zh: zh, en: en), query: query, form: nil, answer: .document(.object(members)))
    }

    /// An act, with the fields of its form.
    static func act(_ zh: String, _ en: String, _ form: [Field], _ members: [(String, Shape)]) -> Operation {
        Operation(summary: Label(zh: zh, en: en), query: [], form: form, answer: .document(.object(members)))
    }

    static func file(
        _ zh: String, _ en: String, query: [Field] = [], form: [Field]? = nil, _ types: [String]
    ) -> Operation {
        Operation(summary: Label(zh: zh, en: en), query: query, form: form, answer: .file(types))
    }

    /// A page or an act whose answer has a name (``API/schemas``).
    static func named(
        _ zh: String, _ en: String, query: [Field] = [], form: [Field]? = nil, _ name: String
    ) -> Operation {
        Operation(summary: Label(zh: zh, en: en), query: query, form: form, answer: .document(.named(name)))
    }
}
