import CCurl

/// Owns one libcurl easy handle: its kept connection, its error text and the list of its header lines.
/// Confined to its caller's thread.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerLines: UnsafeMutablePointer<curl_slist>?

    /// Once a process, before the first handle. Swift runs it once, whichever thread comes first.
    private static let globalResult = ruhu_curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// - Throws: ``TransportError`` of kind `noLibrary` when libcurl cannot be loaded, `internalError` when it does not start.
    init() throws(TransportError) {
        try CurlLibrary.load()
        guard Self.globalResult == CURLE_OK, let pointer = ruhu_curl_easy_init() else {
            throw TransportError.internalError("libcurl does not start", curlCode: Int(Self.globalResult.rawValue))
        }
        self.pointer = pointer
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        ruhu_curl_easy_cleanup(pointer)
        ruhu_curl_slist_free_all(headerLines)
        errorText.deallocate()
    }

    /// Forgets the options of the last exchange; connection, names and TLS session stay.
    func reset() throws(TransportError) {
        ruhu_curl_easy_reset(pointer)
        ruhu_curl_slist_free_all(headerLines)
        headerLines = nil
        errorText.pointee = 0
        try check(ruhu_curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText), CURLOPT_ERRORBUFFER)
    }

    /// Runs the exchange; returns libcurl's result.
    func perform() -> CURLcode {
        errorText.pointee = 0
        return ruhu_curl_easy_perform(pointer)
    }

    /// libcurl's own words on the last failure; may be empty.
    var failure: String { String(cString: errorText) }

    func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(ruhu_curl_set_long(pointer, option, value), option)
    }

    func set(_ option: CURLoption, isOn: Bool) throws(TransportError) {
        try set(option, isOn ? 1 : 0)
    }

    func set(_ option: CURLoption, size: Int64) throws(TransportError) {
        try check(ruhu_curl_set_offset(pointer, option, curl_off_t(size)), option)
    }

    func set(_ option: CURLoption, _ text: String) throws(TransportError) {
        try check(ruhu_curl_set_text(pointer, option, text), option)
    }

    /// - Parameter lines: Header lines in libcurl's form, see `CURLOPT_HTTPHEADER`.
    func setHeaders(_ lines: [String]) throws(TransportError) {
        for line in lines {
            guard let longer = ruhu_curl_slist_append(headerLines, line) else {
                throw TransportError.internalError("no memory for header lines")
            }
            headerLines = longer
        }
        try check(ruhu_curl_set_list(pointer, CURLOPT_HTTPHEADER, headerLines), CURLOPT_HTTPHEADER)
    }

    /// The callbacks and what they work on. The caller keeps `transfer` alive until ``perform()`` has returned.
    func setCallbacks(_ transfer: Transfer) throws(TransportError) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        for option in [
            CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_XFERINFODATA,
        ] {
            try check(ruhu_curl_set_pointer(pointer, option, context), option)
        }
        try check(ruhu_curl_set_read_function(pointer, TransferCallbacks.read), CURLOPT_READFUNCTION)
        try check(ruhu_curl_set_seek_function(pointer, TransferCallbacks.seek), CURLOPT_SEEKFUNCTION)
        for (option, function) in [
            (CURLOPT_WRITEFUNCTION, TransferCallbacks.write), (CURLOPT_HEADERFUNCTION, TransferCallbacks.header),
        ] {
            try check(ruhu_curl_set_write_function(pointer, option, function), option)
        }
        try check(ruhu_curl_set_progress_function(pointer, TransferCallbacks.progress), CURLOPT_XFERINFOFUNCTION)
        try set(CURLOPT_NOPROGRESS, isOn: false)
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        return ruhu_curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return ruhu_curl_get_offset(pointer, info, &value) == CURLE_OK ? Int64(value) : 0
    }

    /// The server's own certificate in PEM, after a handshake with `CURLOPT_CERTINFO`.
    var serverCertificate: String? {
        var chain: UnsafeMutablePointer<curl_certinfo>?
        guard ruhu_curl_get_certificates(pointer, &chain) == CURLE_OK, let chain, chain.pointee.num_of_certs > 0
        else { return nil }
        var entry = chain.pointee.certinfo?[0]
        while let current = entry {
            if let data = current.pointee.data {
                let text = String(cString: data)
                if text.hasPrefix("Cert:") { return text }
            }
            entry = current.pointee.next
        }
        return nil
    }

    /// An option that libcurl does not take is never passed over: a pin that was not set would trust everybody.
    private func check(_ result: CURLcode, _ option: CURLoption) throws(TransportError) {
        guard result != CURLE_OK else { return }
        throw TransportError.internalError(
            "option \(option.rawValue): \(String(cString: ruhu_curl_easy_strerror(result)))",
            curlCode: Int(result.rawValue))
    }
}
