/// What a document holds at a place, when it is of the type that is wanted there.
extension JSONValue {
    /// The number of an integer; `nil` for anything else.
    package var int: Int64? { if case .int(let number) = self { number } else { nil } }

    /// The elements of an array; none for anything else.
    package var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

    package var isObject: Bool { if case .members = self { true } else { false } }
}
