package import SyncEngine

/// Why an exchange did not come to a whole answer. Nothing of what the station holds depends on it: unsent work stays.
package struct TransportError: Error, Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// No name, no connection, too slow, broken off, or something that does not speak HTTP. Worth another try.
        case unreachable
        /// TLS came to no agreement, or the server's key is not the pinned one.
        case untrusted
        /// The answer is larger than its limit.
        case tooLarge
        /// The caller's own rule ended it.
        case aborted
        /// The URL is malformed, or not allowed under the policy.
        case badURL
        /// libcurl cannot be loaded.
        case noLibrary
        /// A fault of this program or of libcurl.
        case internalError
    }

    package let kind: Kind
    /// libcurl's number of the failure; 0 where libcurl was not asked.
    package let curlCode: Int
    /// For engineers: libcurl's own words. Holds host names and numbers, never bodies or header values.
    package let detail: String
    /// For the user: what happened and what to do next.
    package let message: Label

    package init(_ kind: Kind, curlCode: Int = 0, detail: String, message: Label) {
        self.kind = kind
        self.curlCode = curlCode
        self.detail = detail
        self.message = message
    }
}

extension TransportError: CustomStringConvertible {
    package var description: String { "\(kind.rawValue) (curl \(curlCode)): \(detail)" }
}

extension TransportError {
    static func badURL(detail: String) -> TransportError {
        TransportError(
            .badURL, detail: detail,
            message: Label(
                zh: "服务器网址不正确，请核对。网址的样子是 https://主机:端口。",
                en: "The server's address is not valid; please check it. It looks like https://HOST:PORT."))
    }

    static func plainBeyondLoopback(host: String) -> TransportError {
        TransportError(
            .badURL, detail: "plain http to \(host)",
            message: Label(
                zh: "http:// 没有加密，只能连接本机。连接其他机器请改用 https://。",
                en: "http:// is not encrypted and reaches this machine only; use https:// for any other."))
    }

    static func internalError(_ detail: String, curlCode: Int = 0) -> TransportError {
        TransportError(
            .internalError, curlCode: curlCode, detail: detail,
            message: Label(
                zh: "程序内部出错，本机资料未受影响。请把详细信息转给技术人员。",
                en: "An internal error; your records are not affected. Please pass the details on to an engineer."))
    }

    static func tooLarge(_ detail: String, curlCode: Int) -> TransportError {
        TransportError(
            .tooLarge, curlCode: curlCode, detail: detail,
            message: Label(
                zh: "收到的回复过大，已停止接收，本机资料未受影响。请核对服务器网址；网址无误时请联系乡镇。",
                en: """
                    The answer is too large and was not taken; your records are not affected. Check the server's \
                    address; if it is right, tell the township office.
                    """))
    }
}
