import CCurl
import SyncEngine

/// The system's libcurl, which a program loads when it first goes to the network.
enum CurlLibrary {
    private static let problem = ruhu_curl_problem().map { String(cString: $0) }

    /// To be called before anything else of libcurl. From any thread.
    /// - Throws: ``TransportError`` of kind `internalError` when it is missing, damaged or too old.
    static func load() throws(TransportError) {
        guard let problem else { return }
        throw TransportError(
            .internalError, detail: "libcurl.so.4: \(problem)",
            message: Label(
                zh: "本机缺少联网部件 libcurl4，请安装后再同步；资料已存在本机。",
                en: """
                    This machine lacks the library libcurl4, which makes connections. Install it and sync again; your \
                    records are on this machine.
                    """))
    }
}
