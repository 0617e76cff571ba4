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
                zh: "本机没有可用的联网部件 libcurl4，请先安装（apt install libcurl4）再试；已填的资料都在本机。",
                en: """
                    This machine has no usable libcurl4, which makes connections. Install it (apt install libcurl4) \
                    and try again; what was typed stays on this machine.
                    """))
    }
}
