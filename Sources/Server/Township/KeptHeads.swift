import CommandSupport
import SyncEngine
import SyncWire

/// Tree heads that somebody else has kept: a station, an auditor, an older copy of the head file.
enum KeptHeads {
    /// Bytes of a file with heads in it.
    private static let byteLimit = 1 << 24

    /// The heads in a file, wherever in its documents they are: what `ruhu status`, `ruhu evidence` and `audit prove` print,
    /// or a head file.
    /// - Throws: ``Problem``: ``Problem/Code/badDocument`` when there is none; what reading the file throws.
    static func read(_ path: String) throws -> [TreeHead] {
        let bytes = try Files.read(path, limit: byteLimit)
        if let heads = try? TreeHead.list(decoding: bytes, as: .json), !heads.isEmpty { return heads }
        let heads = try JSONParser.documents(bytes).flatMap(heads)
        guard !heads.isEmpty else {
            throw Problem(
                .badDocument, path,
                explanation: Label(zh: "文件里没有树首", en: "There is no tree head in the file"),
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
        case .members(let members): members.flatMap { heads(in: $0.value) }
        default: []
        }
    }
}
