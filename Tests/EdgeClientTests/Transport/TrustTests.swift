import Glibc
import SyncEngine
import SyncWire
import Testing

@testable import EdgeClient

@Suite("Trust in a server", .enabled(if: TLSServer.isAvailable, "needs the openssl program"))
struct TrustTests {
    @Test("comes from its pinned key alone, though its certificate has expired", arguments: TLSServer.KeyType.allCases)
    func rightKey(keyType: TLSServer.KeyType) throws {
        let server = try TLSServer(keyType)
        let answer = try transport(.pinned(spkiSHA256: server.keyHash)).send(HTTPRequest(.get, server.url))
        #expect(answer.status == 200)
        #expect(!answer.body.isEmpty)
    }

    @Test("is refused for any other key, and nothing is sent")
    func wrongKey() throws {
        let server = try TLSServer()
        var bytes = server.keyHash.bytes
        bytes[31] ^= 1
        let other = try #require(Hash256(bytes: bytes))
        let transport = try transport(.pinned(spkiSHA256: other))
        for _ in 0..<2 {
            let error = try failure { () throws(TransportError) in
                try transport.send(HTTPRequest(.post, server.url, body: [1]))
            }
            #expect(error.kind == .untrusted)
            #expect(error.curlCode == 90)
            #expect(error.message.en.contains("nothing was sent"))
        }
        #expect(transport.traffic == .none)
    }

    @Test("can be confirmed at join: the key is read, and nothing is sent", arguments: TLSServer.KeyType.allCases)
    func discover(keyType: TLSServer.KeyType) throws {
        let server = try TLSServer(keyType)
        let transport = try transport(.discover)
        #expect(try transport.serverKey(of: server.url) == server.keyHash)
        #expect(try transport.serverKey(of: server.url) == server.keyHash)
        #expect(transport.traffic == .none)
        let error = try failure { () throws(TransportError) in try transport.send(HTTPRequest(.get, server.url)) }
        #expect(error.kind == .internalError)
        #expect(transport.traffic == .none)
    }

    @Test("can be read and used over one transport with a pin")
    func keyUnderPin() throws {
        let server = try TLSServer()
        let transport = try transport(.pinned(spkiSHA256: server.keyHash))
        #expect(try transport.serverKey(of: server.url) == server.keyHash)
        #expect(try transport.send(HTTPRequest(.get, server.url)).status == 200)
        #expect(try transport.serverKey(of: server.url) == server.keyHash)
    }

    @Test("is not given where no TLS is spoken")
    func noTLS() throws {
        let server = try LoopbackServer { connection in
            _ = connection.receive()
            connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        }
        let transport = try transport(.pinned(spkiSHA256: .zero))
        let error = try failure { () throws(TransportError) in
            try transport.send(HTTPRequest(.get, "https://127.0.0.1:\(server.port)"))
        }
        #expect(error.kind == .untrusted, "\(error)")
    }

    @Test("is not given below TLS 1.2, though the system's own settings allow it", .timeLimit(.minutes(1)))
    func oldTLS() async {
        await #expect(processExitsWith: .success) {
            let server = try TLSServer(options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
            // Read by OpenSSL when libcurl starts.
            setenv("OPENSSL_CONF", try server.writeLaxSettings(), 1)
            let transport = try transport(.pinned(spkiSHA256: server.keyHash))
            let error = try failure { () throws(TransportError) in try transport.send(HTTPRequest(.get, server.url)) }
            try #require(error.kind == .untrusted, "\(error)")
            try #require(transport.traffic == .none)
        }
    }

    @Test("of a server that goes away while a body goes up ends in an error, not in a signal", .timeLimit(.minutes(1)))
    func brokenPipe() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            let server = try TLSServer()
            let port = server.port
            let relay = try LoopbackServer { $0.relay(to: port, upTo: 300_000) }
            let transport = try transport(.pinned(spkiSHA256: server.keyHash))
            let request = HTTPRequest(
                .put, "https://127.0.0.1:\(relay.port)", body: [UInt8](repeating: 1, count: 20_000_000))
            for _ in 0..<5 {
                let error = try failure { () throws(TransportError) in try transport.send(request) }
                try #require(error.kind == .unreachable)
            }
        }
    }
}

@Suite("A certificate's key")
struct ServerKeyTests {
    @Test("is found in what OpenSSL writes", .enabled(if: TLSServer.isAvailable, "needs the openssl program"))
    func found() throws {
        let server = try TLSServer(.rsa)
        #expect(ServerKey.sha256(ofCertificate: server.certificate) == server.keyHash)
        #expect(ServerKey.sha256(ofCertificate: "Cert:" + server.certificate) == server.keyHash)
    }

    @Test(
        "is not found in a damaged certificate, which traps nothing",
        .enabled(if: TLSServer.isAvailable, "needs the openssl program"))
    func damaged() throws {
        let pem = try TLSServer().certificate
        let lines = pem.split(separator: "\n")
        let der = try #require(Base64.decode(lines.dropFirst().dropLast().joined()))
        func wrapped(_ bytes: [UInt8]) -> String {
            "-----BEGIN CERTIFICATE-----\n" + Base64.encode(bytes) + "\n-----END CERTIFICATE-----\n"
        }
        #expect(ServerKey.sha256(ofCertificate: wrapped(der)) != nil)
        for count in 0..<der.count { #expect(ServerKey.sha256(ofCertificate: wrapped(Array(der[..<count]))) == nil) }
        for index in der.indices {
            for bit in 0..<8 {
                var changed = der
                changed[index] ^= 1 << bit
                _ = ServerKey.sha256(ofCertificate: wrapped(changed))
            }
        }
        #expect(ServerKey.sha256(ofCertificate: "") == nil)
        #expect(ServerKey.sha256(ofCertificate: String(lines[0])) == nil)
        #expect(ServerKey.sha256(ofCertificate: lines.dropLast().joined(separator: "\n")) == nil)
    }
}
