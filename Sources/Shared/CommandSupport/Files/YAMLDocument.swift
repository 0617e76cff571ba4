package import SyncEngine
import Yams

/// A YAML file as a tree; every scalar is a text.
package enum YAMLDocument {
    /// Nodes, at most, aliases unfolded: a few lines of them can stand for billions.
    private static let nodeLimit = 10_000

    /// - Throws: ``Problem`` ``Problem/Code/badMapping`` with the parser's words.
    package static func value(_ bytes: [UInt8]) throws -> JSONValue {
        do {
            guard let node = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self)) else {
                throw Problem(.badMapping)
            }
            var count = 0
            return try converted(node, count: &count)
        } catch let error as YamlError {
            throw Problem(.badMapping, "\(error)")
        }
    }

    private static func converted(_ node: Node, count: inout Int) throws -> JSONValue {
        count += 1
        guard count <= nodeLimit else { throw Problem(.badMapping, "> \(nodeLimit)") }
        switch node {
        case .scalar(let scalar): return .string(scalar.string)
        case .sequence(let nodes): return .array(try nodes.map { try converted($0, count: &count) })
        case .mapping(let pairs):
            var members: [JSONValue.Member] = []
            for (key, value) in pairs {
                guard let name = key.string, !members.contains(where: { $0.key == name }) else { continue }
                members.append(.init(name, try converted(value, count: &count)))
            }
            return .members(members)
        case .alias: return .array([])
        }
    }
}
