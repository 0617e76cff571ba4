import SyncEngine

/// What a value of an answer or of a form looks like: as much as docs/openapi.yaml says of it.
indirect enum Shape: Sendable {
    case text
    /// The id of a record.
    case record
    /// `2026-12-31`.
    case day
    /// `2026-12`.
    case month
    /// `2026`.
    case year
    /// An instant with its offset.
    case time
    case integer
    case flag
    /// Of a file, 64 hexadecimal digits.
    case hash
    case code([String])
    case nullable(Shape)
    case list(Shape)
    /// Keys that are not known beforehand, values of one shape.
    case map(Shape)
    /// These keys, every one of them, always; later versions may have more.
    case object([(String, Shape)])
    /// What many answers have in them (``API/schemas``).
    case named(String)
    case anything

    /// As JSON Schema, of an answer.
    var schema: JSONValue {
        switch self {
        case .text: Self.string()
        case .record: Self.string(("format", "uuid"))
        case .day: Self.string(("format", "date"))
        case .month: Self.string(("pattern", "^[0-9]{4}-[0-9]{2}$"))
        case .year: Self.string(("pattern", "^[0-9]{4}$"))
        case .time: Self.string(("format", "date-time"))
        case .hash: Self.string(("pattern", "^[0-9a-f]{64}$"))
        case .integer: .object([("type", .string("integer")), ("format", .string("int64"))])
        case .flag: .object([("type", .string("boolean"))])
        case .code(let codes): Self.string().adding([("enum", .array(codes.map(JSONValue.string)))])
        case .nullable(let shape):
            .object([("anyOf", .array([shape.schema, .object([("type", .string("null"))])]))])
        case .list(let shape): .object([("type", .string("array")), ("items", shape.schema)])
        case .map(let shape): .object([("type", .string("object")), ("additionalProperties", shape.schema)])
        case .object(let members): Self.object(members)
        case .named(let name): .object([("$ref", .string("#/components/schemas/\(name)"))])
        case .anything: .object([])
        }
    }

    private static func string(_ more: (String, String)...) -> JSONValue {
        .object([("type", .string("string"))] + more.map { ($0.0, .string($0.1)) })
    }

    private static func object(_ members: [(String, Shape)]) -> JSONValue {
        .object([
            ("type", .string("object")), ("required", .array(members.map { .string($0.0) })),
            ("properties", .object(members.map { ($0.0, $0.1.schema) })),
        ])
    }

    /// As JSON Schema, of what is typed: a number may be written as a text, a text as a number.
    var typed: JSONValue {
        switch self {
        case .integer:
            .object([
                ("type", .array([.string("integer"), .string("string")])), ("minimum", .int(0)),
                ("maximum", .int(.max)), ("pattern", .string("^[0-9]{1,18}$")),
            ])
        case .text: .object([("type", .array(["string", "integer", "boolean"].map(JSONValue.string)))])
        case .list(let shape): .object([("type", .string("array")), ("items", shape.typed)])
        default: schema
        }
    }

    /// As JSON Schema, of a query: the form of a filter sends what was left empty.
    var asked: JSONValue {
        switch self {
        case .day: Self.string(("pattern", "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"))
        case .month: Self.string(("pattern", "^([0-9]{4}-[0-9]{2})?$"))
        case .year: Self.string(("pattern", "^([0-9]{4})?$"))
        default: schema
        }
    }

    /// As ``typed``, of what may be left out, or empty.
    var optionallyTyped: JSONValue {
        switch self {
        case .text: .object([("type", .array(["string", "integer", "boolean", "null"].map(JSONValue.string)))])
        default:
            .object([
                (
                    "anyOf",
                    .array([
                        typed, .object([("enum", .array([.string(""), .null]))]),
                    ])
                )
            ])
        }
    }

    /// What is looked for among the records, so that it may be missing.
    var isRecord: Bool {
        switch self {
        case .record, .hash: true
        case .list(let shape), .nullable(let shape): shape.isRecord
        default: false
        }
    }
}
