package import SyncEngine

extension Linked {
    /// A field's value as it leaves the township: names and identity numbers masked.
    package func masked(_ field: String) -> Value {
        guard let text = text(field) else { return value(field) }
        switch field {
        case "name": return .text(Masking.name(text))
        case "id_number": return .text(Masking.identityNumber(text))
        default: return value(field)
        }
    }
}
