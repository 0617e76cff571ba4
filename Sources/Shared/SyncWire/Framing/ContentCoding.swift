package import SyncEngine

/// The content codings of HTTP that both programs speak.
package enum ContentCoding: String, Sendable, CaseIterable {
    case zstd, gzip, identity

    /// Fast enough to be free beside SQLite, and within a few per cent of the slow levels on frames of sets.
    package static let zstdLevel: Int32 = 3
    package static let gzipLevel: Int32 = 6

    package func compress(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .zstd: Zstd.compress(bytes, level: Self.zstdLevel)
        case .gzip: Gzip.compress(bytes, level: Self.gzipLevel)
        case .identity: bytes
        }
    }

    /// - Parameter limit: bytes of the result; nothing beyond it is ever made.
    /// - Throws: ``CodecError`` for a stream that is cut, broken, followed by something else, or larger than `limit`.
    package func decompress(_ bytes: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        switch self {
        case .zstd:
            return try Zstd.decompress(bytes, limit: limit)
        case .gzip:
            return try Gzip.decompress(bytes, limit: limit)
        case .identity:
            guard bytes.count <= limit else { throw Self.tooLarge(limit) }
            return bytes
        }
    }

    static func tooLarge(_ limit: Int) -> CodecError { CodecError("over \(limit) bytes when decompressed") }

    /// The coding that the other side likes best, zstd before gzip before none (RFC 9110, 12.5.3).
    /// - Parameter acceptEncoding: the header field; absent or without a known coding means identity.
    package static func negotiate(acceptEncoding: String?) -> ContentCoding {
        guard let acceptEncoding, acceptEncoding.utf8.count <= WireLimits.headerBytes else { return .identity }
        let wishes = HTTPList.weights(acceptEncoding)
        func weight(_ coding: ContentCoding) -> Int {
            wishes.first { $0.name == coding.rawValue }?.weight ?? wishes.first { $0.name == "*" }?.weight ?? 0
        }
        let best = [ContentCoding.zstd, .gzip].max {
            weight($0) < weight($1) || (weight($0) == weight($1) && $0 == .gzip)
        }
        guard let best, weight(best) > 0, weight(best) >= identityWeight(wishes) else { return .identity }
        return best
    }

    private static func identityWeight(_ wishes: [(name: String, weight: Int)]) -> Int {
        wishes.first { $0.name == identity.rawValue }?.weight ?? 0
    }
}

/// `a;q=0.5, b` of `Accept` and `Accept-Encoding`.
enum HTTPList {
    /// Names in lower case with their weights in thousandths, in order; what is malformed weighs nothing.
    static func weights(_ field: String) -> [(name: String, weight: Int)] {
        field.split(separator: ",").map { item in
            let parts = item.split(separator: ";").map { trimmed($0).lowercased() }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
            return (parts.first ?? "", quality.map { weight($0.dropFirst(2)) } ?? 1000)
        }
    }

    static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    private static func weight(_ text: Substring) -> Int {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = Int(parts[0]), 0...1 ~= whole else { return 0 }
        guard parts.count == 2 else { return whole * 1000 }
        guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (48...57).contains($0) }) else { return 0 }
        let thousandths = Int(parts[1] + String(repeating: "0", count: 3 - parts[1].utf8.count)) ?? 0
        return min(1000, whole * 1000 + thousandths)
    }
}
