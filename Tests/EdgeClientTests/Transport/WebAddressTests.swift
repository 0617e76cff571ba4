import Testing

@testable import EdgeClient

@Suite("A server's address")
struct WebAddressTests {
    @Test(
        "says what the Host field and the request line will say",
        arguments: [
            ("https://Township.example", "Township.example", "/"),
            ("https://township.example:443/v1/hello?a=1&b", "township.example", "/v1/hello?a=1&b"),
            ("https://township.example:8470/v1", "township.example:8470", "/v1"),
            ("http://127.0.0.1:80/", "127.0.0.1", "/"),
            ("http://127.0.0.1:8470", "127.0.0.1:8470", "/"),
            ("https://[::1]:8470/x", "[::1]:8470", "/x"),
        ])
    func parts(url: String, authority: String, target: String) throws {
        let address = try WebAddress(url)
        #expect(address.authority == authority)
        #expect(address.target == target)
    }

    @Test(
        "is refused when it is none, or carries what does not belong",
        arguments: [
            "", "township", "127.0.0.1:8470", "ftp://127.0.0.1/", "file:///etc/passwd", "https://", "https://u:p@host/",
            "https://u@host/", "https://host:70000/", "https://ho st/", "https://host/\r\nX: 1",
            "https://host\u{0}.cn/",
        ])
    func refused(url: String) throws {
        #expect(try failure { () throws(TransportError) in try WebAddress(url) }.kind == .badURL)
    }

    @Test(
        "is on this machine",
        arguments: [
            "http://localhost:1", "http://LOCALHOST", "http://127.0.0.1", "http://127.200.3.4:5", "http://127.1",
            "http://2130706433/", "http://[::1]:8470", "http://[0:0:0:0:0:0:0:1]",
        ])
    func loopback(url: String) throws {
        let address = try WebAddress(url)
        #expect(address.isLoopback)
        #expect(throws: Never.self) { try address.check(for: .plain) }
    }

    @Test(
        "is elsewhere, and plain HTTP does not go there",
        arguments: [
            "http://10.0.0.1", "http://127.0.0.1.example.cn", "http://localhost.cn", "http://128.0.0.1", "http://[::2]",
            "http://[::ffff:10.0.0.1]", "http://0.0.0.0", "http://example.cn/127.0.0.1", "http://[::]",
        ])
    func elsewhere(url: String) throws {
        let transport = try transport(.plain)
        let error = try failure { () throws(TransportError) in try transport.send(HTTPRequest(.get, url)) }
        #expect(error.kind == .badURL)
        #expect(error.message.en.contains("this machine only"))
        #expect(transport.traffic == .none)
    }

    @Test("must suit what is trusted")
    func policy() throws {
        let plain = try WebAddress("http://127.0.0.1")
        let secure = try WebAddress("https://127.0.0.1")
        for policy in [TLSPolicy.discover, .pinned(spkiSHA256: .zero)] {
            #expect(throws: TransportError.self) { try plain.check(for: policy) }
            #expect(throws: Never.self) { try secure.check(for: policy) }
        }
        #expect(throws: TransportError.self) { try secure.check(for: .plain) }
    }
}
