import CCurl
import SyncEngine

extension TransportError {
    /// What a failure of libcurl means to the station.
    /// - Parameter detail: libcurl's error text for this transfer.
    init(_ code: CURLcode, detail text: String) {
        let detail = text.isEmpty ? String(cString: ruhu_curl_easy_strerror(code)) : text
        let number = Int(code.rawValue)
        switch code {
        case CURLE_FILESIZE_EXCEEDED:
            self = .tooLarge(detail, curlCode: number)
        case CURLE_ABORTED_BY_CALLBACK:
            self.init(.aborted, curlCode: number, detail: detail, message: Self.aborted)
        case CURLE_URL_MALFORMAT:
            self = .badURL(detail: detail)
        case CURLE_SSL_CONNECT_ERROR where Self.isBrokenHandshake(detail):
            self.init(.unreachable, curlCode: number, detail: detail, message: Self.brokenOff)
        default:
            if let message = Self.unreachable(code) {
                self.init(.unreachable, curlCode: number, detail: detail, message: message)
            } else if let message = Self.untrusted(code) {
                self.init(.untrusted, curlCode: number, detail: detail, message: message)
            } else {
                self = .internalError(detail, curlCode: number)
            }
        }
    }

    /// A connection that was cut during the handshake says nothing about trust, but has the same number as a
    /// handshake that failed; only OpenSSL's words tell them apart.
    private static func isBrokenHandshake(_ detail: String) -> Bool {
        ["Connection reset", "unexpected eof", "SSL_ERROR_SYSCALL", "Broken pipe", "timed out"]
            .contains { detail.contains($0) }
    }

    /// `nil` for a code that does not mean unreachable.
    private static func unreachable(_ code: CURLcode) -> Label? {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: noName
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED: noConnection
        case CURLE_OPERATION_TIMEDOUT: tooSlow
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_AGAIN: brokenOff
        // The URL was checked before: libcurl says "unsupported protocol" of an answer without HTTP's first line.
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: notOurServer
        default: nil
        }
    }

    /// `nil` for a code that does not mean untrusted.
    private static func untrusted(_ code: CURLcode) -> Label? {
        switch code {
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: wrongKey
        // The server's own certificate is never verified: these two speak of the proxy's.
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: proxyNotTrusted
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_SHUTDOWN_FAILED, CURLE_USE_SSL_FAILED, CURLE_SSL_CRL_BADFILE,
            CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED:
            noSecurity
        default: nil
        }
    }
}

extension TransportError {
    private static let noName = Label(
        zh: "找不到服务器。请检查网络是否接通，并核对服务器网址；资料已存在本机，可稍后再同步。",
        en: """
            The server's name was not found. Check the network and the server's address; your records are on this \
            machine and can be synced later.
            """)
    private static let noConnection = Label(
        zh: "连不上服务器。请检查网络，或询问乡镇服务器是否已开；资料已存在本机，可稍后再同步。",
        en: """
            The server does not answer. Check the network, or ask the township whether the server is on; your records \
            are on this machine and can be synced later.
            """)
    private static let tooSlow = Label(
        zh: "网络太慢，已停止等待。请换个信号好的地方或稍后再同步；资料已存在本机。",
        en: "The network is too slow. Try a place with a better signal, or later; your records are on this machine.")
    private static let brokenOff = Label(
        zh: "连接中途断开。请再同步一次，会接着上次继续；资料已存在本机。",
        en: "The connection broke off. Sync again, it goes on from there; your records are on this machine.")
    private static let notOurServer = Label(
        zh: "对方的回复不是本系统的。请核对服务器网址；所用网络若要先登录，请登录后再同步。",
        en: "The answer is not from our server. Check its address; if this network asks for a login, log in first.")
    private static let aborted = Label(
        zh: "同步没有进展，已停止。资料已存在本机，请稍后再同步。",
        en: "There was no progress, and the exchange was ended. Your records are on this machine; sync again later.")
    private static let wrongKey = Label(
        zh: "服务器的密钥与本机加入时记下的不同，已断开，没有发送资料。请先向乡镇核实，不要重新加入。",
        en: """
            The server's key is not the one recorded when this station joined; the connection was closed and nothing \
            was sent. Ask the township office first; do not join again.
            """)
    private static let proxyNotTrusted = Label(
        zh: "网络代理的证书不受信任。请联系网络管理员，或用 CURL_CA_BUNDLE 指定其证书文件。",
        en: """
            The network proxy's certificate is not trusted. Ask its administrator, or name its file in CURL_CA_BUNDLE.
            """)
    private static let noSecurity = Label(
        zh: "无法与服务器建立加密连接，没有发送资料。请核对网址；所用网络若要先登录，请登录后再同步。",
        en: """
            No encrypted connection could be made, and nothing was sent. Check the server's address; if this network \
            asks for a login, log in first.
            """)
}
