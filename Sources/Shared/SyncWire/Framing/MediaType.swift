/// The two forms of every message.
package enum MediaType: String, Sendable, CaseIterable {
    case protobuf = "application/x-protobuf"
    case json = "application/json"

    /// The form of a body.
    /// - Parameter contentType: the header field; absent means protobuf.
    /// - Returns: `nil` for a form that is not spoken.
    package init?(contentType: String?) {
        guard let contentType else {
            self = .protobuf
            return
        }
        let name = contentType.split(separator: ";", omittingEmptySubsequences: false).first ?? ""
        switch HTTPList.trimmed(name).lowercased() {
        case "application/x-protobuf", "application/protobuf": self = .protobuf
        case "application/json": self = .json
        default: return nil
        }
    }

    /// The form to answer in: JSON when it is asked for and protobuf is not liked better; else protobuf.
    /// - Parameter accept: the header field.
    package static func negotiate(accept: String?) -> MediaType {
        guard let accept, accept.utf8.count <= WireLimits.headerBytes else { return .protobuf }
        let wishes = HTTPList.weights(accept)
        func weight(_ media: MediaType) -> Int {
            wishes.first { MediaType(contentType: $0.name) == media }?.weight ?? 0
        }
        return weight(.json) > weight(.protobuf) ? .json : .protobuf
    }
}
