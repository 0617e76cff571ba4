package import SyncEngine

/// Tree heads that somebody else has kept: a station, an auditor.
package enum KeptHeads {
    /// Bytes of a file with heads in it.
    package static let byteLimit = 1 << 24

    /// The heads in documents, each once, wherever in them they are: what `ruhu status` and `audit prove` print.
    /// - Throws: ``Problem``: ``Problem/Code/badDocument`` when there is none, or more than ``Limits/heads``.
    package static func read(_ bytes: [UInt8], name: String) throws -> [TreeHead] {
        var heads: [TreeHead] = []
        for head in try JSONParser.documents(bytes).flatMap(self.heads) where !heads.contains(head) {
            heads.append(head)
        }
        guard !heads.isEmpty, heads.count <= Limits.heads else {
            throw Problem(
                .badDocument, name,
                explanation: Label(zh: "文件里没有树首，或者太多", en: "There is no tree head in the file, or too many are"),
                hint: Label(
                    zh: "在工作站运行 ruhu status --json，把输出存成文件。",
                    en: "Keep what ruhu status --json prints at a station in a file."))
        }
        return heads
    }

    private static func heads(in document: JSONValue) -> [TreeHead] {
        if let head = TreeHead(document: document) { return [head] }
        return switch document {
        case .array(let elements): elements.flatMap(heads)
        // What a station keeps as evidence it has told already, and the township has left.
        case .members(let members): members.filter { $0.key != "evidence" }.flatMap { heads(in: $0.value) }
        default: []
        }
    }
}
