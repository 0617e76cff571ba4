import CCurl
import SyncEngine

/// The system's libcurl, which a program loads when it first goes to the network.
enum CurlLibrary {
    private static let problem = ruhu_curl_problem().map { String(cString: $0) }

    /// To be called before anything else of libcurl. From any thread.
    /// - Throws: ``TransportError`` of kind `noLibrary` when it is missing, damaged or too old.
    static func load() throws(TransportError) {
        guard let problem else { return }
        throw TransportError(
            .noLibrary, detail: "libcurl.so.4: \(problem)",
            message: Label(
                zh: "本机缺少联网用的 libcurl4，或它太旧、已损坏",
                en: "This machine's libcurl4, which makes connections, is missing, damaged or too old"))
    }
}
