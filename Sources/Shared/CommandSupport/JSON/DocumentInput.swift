package import SyncEngine

/// Documents for `new -` and `edit -`: one object, several one after the other (a line each, or concatenated), or one
/// array of them.
package enum DocumentInput {
    /// Standard input, at most.
    package static let byteLimit = 256 * 1024 * 1024

    /// Reads standard input to its end.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` for anything but objects, and beyond ``byteLimit``;
    ///   ``Problem/Code/unreadableFile``.
    package static func read() throws -> [JSONValue] { try objects(in: StandardInput.all(limit: byteLimit)) }

    /// The objects in `bytes`.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` that says which document is no object.
    package static func objects(in bytes: [UInt8]) throws -> [JSONValue] {
        var documents = try JSONParser.documents(bytes)
        if documents.count == 1, case .array(let elements) = documents[0] { documents = elements }
        for (index, document) in documents.enumerated() {
            guard case .members = document else {
                throw Problem(
                    .badDocument,
                    explanation: Label(
                        zh: "第 \(index + 1) 个文档不是对象 {…}", en: "Document \(index + 1) is not an object {…}"))
            }
        }
        return documents
    }
}
