import Glibc
import Testing

@testable import EdgeClient

@Suite("A proxy")
struct ProxyTests {
    @Test(
        "is verified by the authorities that the environment names, in curl's order",
        arguments: [
            (
                ["CURL_CA_BUNDLE": "/a", "SSL_CERT_FILE": "/b", "SSL_CERT_DIR": "/c"],
                ProxySettings(authorityFile: "/a")
            ),
            (
                ["SSL_CERT_FILE": "/b", "SSL_CERT_DIR": "/c"],
                ProxySettings(authorityFile: "/b", authorityFolder: "/c")
            ),
            (["CURL_CA_BUNDLE": "", "SSL_CERT_DIR": "/c"], ProxySettings(authorityFolder: "/c")),
            ([:], ProxySettings()),
        ])
    func authorities(environment: [String: String], settings: ProxySettings) {
        #expect(ProxySettings { environment[$0] } == settings)
    }

    @Test("comes from the environment, and no_proxy excepts from it", .timeLimit(.minutes(1)))
    func environment() async {
        await #expect(processExitsWith: .success) {
            let server = try LoopbackServer.answering { _, _ in hello }
            let proxy = try LoopbackServer.answering { request, _ in
                let text = request.line
                return "HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
            }
            for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "NO_PROXY"] { unsetenv(name) }
            let request = HTTPRequest(.get, server.url + "/v1/hello")
            try #require(HTTPTransport(.plain).send(request).body == Array("hello".utf8))

            setenv("http_proxy", proxy.url, 1)
            let through = "GET \(server.url)/v1/hello HTTP/1.1"
            try #require(HTTPTransport(.plain).send(request).body == Array(through.utf8))
            let excepted = ProxySettings(exceptions: "*")
            try #require(HTTPTransport(.plain, proxy: excepted).send(request).body == Array("hello".utf8))

            setenv("no_proxy", "localhost,127.0.0.1", 1)
            try #require(HTTPTransport(.plain).send(request).body == Array("hello".utf8))
        }
    }

    @Test(
        "is asked for a tunnel to a pinned server, sees nothing of it, and its answer is not the server's",
        .timeLimit(.minutes(1)), .enabled(if: TLSServer.isAvailable, "needs the openssl program"))
    func tunnel() async {
        await #expect(processExitsWith: .success) {
            let server = try TLSServer()
            let port = server.port
            let proxy = try LoopbackServer { connection in
                guard connection.request()?.line == "CONNECT 127.0.0.1:\(port) HTTP/1.1" else { return }
                connection.send("HTTP/1.1 200 Connected\r\nX-Proxy: yes\r\n\r\n")
                connection.relay(to: port)
            }
            setenv("https_proxy", proxy.url, 1)
            unsetenv("no_proxy")
            unsetenv("NO_PROXY")
            let answer = try HTTPTransport(.pinned(spkiSHA256: server.keyHash)).send(HTTPRequest(.get, server.url))
            try #require(answer.status == 200)
            try #require(answer.headers["X-Proxy"] == nil)
            try #require(proxy.connections == 1)
            do {
                _ = try HTTPTransport(.pinned(spkiSHA256: .zero)).send(HTTPRequest(.get, server.url))
                throw NoError()
            } catch let error as TransportError {
                try #require(error.kind == .untrusted)
            }
        }
    }
}
