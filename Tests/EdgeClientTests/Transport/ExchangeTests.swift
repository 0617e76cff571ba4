import Synchronization
import Testing

@testable import EdgeClient

@Suite("An exchange over HTTP")
struct ExchangeTests {
    @Test("brings status, headers and body, and counts the bytes of the wire", .timeLimit(.minutes(1)))
    func statusHeadersBody() throws {
        let text =
            "HTTP/1.1 409 Conflict\r\nContent-Type: application/x\r\nX-Seq:  7 \r\nx-seq: 8\r\n"
            + "Content-Length: 5\r\n\r\nhello"
        let wireBytes = Mutex(0)
        let server = try LoopbackServer.answering { request, _ in
            wireBytes.withLock { $0 = request.wireBytes }
            return text
        }
        let request = HTTPRequest(.post, server.url + "/v1/push?a=b", headers: ["X-A": "1"], body: [1, 2, 3])
        let answer = try transport().send(request)
        #expect(answer.status == 409)
        #expect(answer.body == Array("hello".utf8))
        #expect(answer.headers["CONTENT-type"] == "application/x")
        #expect(answer.headers["X-Seq"] == "7, 8")
        #expect(answer.headers["X-Se"] == nil)
        #expect(answer.bytesReceived == text.utf8.count)
        #expect(answer.bytesSent == wireBytes.withLock { $0 })
    }

    @Test("sends what was given and its own name, and waits for no '100 Continue'")
    func requestOnTheWire() throws {
        let received = Mutex<ReceivedRequest?>(nil)
        let server = try LoopbackServer.answering { request, _ in
            received.withLock { $0 = request }
            return hello
        }
        let body = [UInt8](repeating: 7, count: 5_000)
        let headers: HTTPHeaders = ["X-Empty": "", "X-Name": "阴平镇"]
        _ = try transport().send(HTTPRequest(.put, server.url + "/v1/blobs/ab?x=1", headers: headers, body: body))
        let request = try #require(received.withLock { $0 })
        #expect(request.line == "PUT /v1/blobs/ab?x=1 HTTP/1.1")
        #expect(request.body == body)
        #expect(request.headers.contains("Host: 127.0.0.1:\(server.port)"))
        #expect(request.headers.contains("X-Empty:"))
        #expect(request.headers.contains("X-Name: 阴平镇"))
        let names = request.headers.map { $0.prefix { $0 != ":" }.lowercased() }
        #expect(Set(names) == ["host", "x-empty", "x-name", "content-length"], "nothing is sent that nobody reads")
    }

    @Test("takes 3 MB up intact and shows how far it is", arguments: [HTTPMethod.post, .put])
    func largeUpload(method: HTTPMethod) throws {
        let received = Mutex<[UInt8]>([])
        let server = try LoopbackServer.answering { request, _ in
            received.withLock { $0 = request.body }
            return hello
        }
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        var steps: [Int64] = []
        let answer = try transport().send(
            HTTPRequest(method, server.url, body: body), onProgress: { sent, _ in steps.append(sent) })
        #expect(answer.status == 200)
        #expect(received.withLock { $0 } == body)
        #expect(answer.bytesSent > 3_000_000)
        #expect(steps == steps.sorted() && steps.last == 3_000_000 && steps.count > 2)
    }

    @Test("of HEAD reads no body, though one is announced that would be too large")
    func head() throws {
        let server = try LoopbackServer.answering { _, _ in "HTTP/1.1 200 OK\r\nContent-Length: 90000000\r\n\r\n" }
        let answer = try transport().send(HTTPRequest(.head, server.url))
        #expect(answer.headers["content-length"] == "90000000")
        #expect(answer.body.isEmpty)
    }

    @Test("follows no redirect and keeps no cookie")
    func noRedirectNoCookie() throws {
        let seen = Mutex<[String]>([])
        let server = try LoopbackServer.answering { request, _ in
            seen.withLock { $0 += request.headers }
            return "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
        }
        let transport = try transport()
        #expect(try transport.send(HTTPRequest(.get, server.url)).status == 302)
        #expect(try transport.send(HTTPRequest(.get, server.url)).status == 302)
        #expect(seen.withLock { !$0.contains { $0.lowercased().hasPrefix("cookie") } })
    }

    @Test("passes over interim answers and trailers, and joins folded lines")
    func interimAndTrailers() throws {
        let server = try LoopbackServer.answering { _, _ in
            "HTTP/1.1 103 Early Hints\r\nX-A: interim\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nX-A: real\r\n folded\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n0\r\nX-A: trailer\r\n\r\n"
        }
        let answer = try transport().send(HTTPRequest(.get, server.url))
        #expect(answer.headers["X-A"] == "real folded")
        #expect(answer.body == Array("hello".utf8))
    }

    @Test("whose answer comes before the whole body went up is still an answer")
    func earlyAnswer() throws {
        let server = try LoopbackServer { connection in
            _ = connection.receive()
            connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nstop")
            connection.waitForClose()
        }
        let body = [UInt8](repeating: 1, count: 20_000_000)
        let answer = try transport().send(HTTPRequest(.post, server.url, body: body))
        #expect(answer.status == 413)
        #expect(answer.bytesSent < 20_000_000)
    }

    @Test("with a line break in a header, or a body where none belongs, does not begin")
    func malformedRequest() throws {
        let server = try LoopbackServer.answering { _, _ in hello }
        let transport = try transport()
        for request in [
            HTTPRequest(.get, server.url, headers: ["X-A": "1\r\nX-B: 2"]),
            HTTPRequest(.get, server.url, headers: ["X A": "1"]),
            HTTPRequest(.get, server.url, headers: ["": "1"]),
            HTTPRequest(.get, server.url, body: [1]),
        ] {
            #expect(try failure { () throws(TransportError) in try transport.send(request) }.kind == .internalError)
        }
        #expect(server.connections == 0)
    }
}

@Suite("A kept connection")
struct KeptConnectionTests {
    @Test("serves one exchange after the other, of every method")
    func reuse() throws {
        let server = try LoopbackServer.answering { request, _ in
            request.line.hasPrefix("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" : hello
        }
        let transport = try transport()
        var sum = Traffic.none
        for method in [HTTPMethod.get, .post, .head, .put, .get] {
            let body: [UInt8] = method == .post || method == .put ? [1, 2] : []
            let answer = try transport.send(HTTPRequest(method, server.url, body: body))
            #expect(answer.status == 200)
            sum = sum + answer.traffic
        }
        #expect(server.connections == 1)
        #expect(transport.traffic == sum)
    }

    @Test("is closed with its transport")
    func closed() async throws {
        let (closings, continuation) = AsyncStream.makeStream(of: Void.self)
        let server = try LoopbackServer { connection in
            while connection.request() != nil { connection.send(hello) }
            continuation.yield()
        }
        do {
            let transport = try transport()
            _ = try transport.send(HTTPRequest(.get, server.url))
        }
        for await _ in closings { break }
        #expect(server.connections == 1)
    }

    @Test("that the server has closed meanwhile is made anew, and the body goes up again from its start")
    func serverClosed() async throws {
        let bodies = Mutex<[[UInt8]]>([])
        let (closings, continuation) = AsyncStream.makeStream(of: Void.self)
        let server = try LoopbackServer { connection in
            guard let request = connection.request() else { return }
            bodies.withLock { $0.append(request.body) }
            connection.send(hello)
            if connection.number == 1 {
                // Takes the next request, whole, and dies of it before a byte of an answer.
                _ = connection.request()
                continuation.yield()
            }
        }
        let transport = try transport()
        let body = [UInt8](0...200)
        _ = try transport.send(HTTPRequest(.get, server.url))
        let answer = try transport.send(HTTPRequest(.post, server.url, body: body))
        for await _ in closings { break }
        #expect(answer.body == Array("hello".utf8))
        #expect(bodies.withLock { $0 } == [[], body])
        #expect(server.connections == 2)
    }
}
