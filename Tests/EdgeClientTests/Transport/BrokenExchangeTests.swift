import Testing

@testable import EdgeClient

@Suite("An answer beyond its limit")
struct AnswerLimitTests {
    @Test("is not begun when it announces its size")
    func announced() throws {
        let server = try LoopbackServer.answering { _, _ in
            "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n" + String(repeating: "x", count: 100_001)
        }
        let transport = try transport()
        let error = try failure { () throws(TransportError) in try transport.send(HTTPRequest(.get, server.url)) }
        #expect(error.kind == .tooLarge)
        #expect(transport.traffic.received < 50_000)
    }

    @Test("is cut at the limit when it does not", arguments: [100_000, 100_001])
    func unannounced(size: Int) throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            connection.send([UInt8](repeating: 0, count: size))
        }
        let transport = try transport()
        if size == 100_000 {
            #expect(try transport.send(HTTPRequest(.get, server.url)).body.count == size)
        } else {
            let error = try failure { () throws(TransportError) in try transport.send(HTTPRequest(.get, server.url)) }
            #expect(error.kind == .tooLarge)
            #expect(error.detail.contains("100000"))
        }
    }

    @Test("is cut in its headers too")
    func headers() throws {
        let server = try LoopbackServer.answering { _, _ in
            let line = "X-A: " + String(repeating: "x", count: 1_000) + "\r\n"
            return "HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 70) + "Content-Length: 0\r\n\r\n"
        }
        let transport = try transport()
        let error = try failure { () throws(TransportError) in try transport.send(HTTPRequest(.get, server.url)) }
        #expect(error.kind == .tooLarge)
        #expect(error.detail.contains("headers"))
    }

    @Test("leaves the transport usable")
    func usableAfterwards() throws {
        let server = try LoopbackServer.answering { request, _ in
            request.line.contains("/large") ? "HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" : hello
        }
        let transport = try transport()
        let request = HTTPRequest(.get, server.url + "/large")
        #expect(try failure { () throws(TransportError) in try transport.send(request) }.kind == .tooLarge)
        #expect(try transport.send(HTTPRequest(.get, server.url)).body == Array("hello".utf8))
    }
}

@Suite("A server that cannot be reached")
struct UnreachableTests {
    private func failureOf(
        limits: TransportLimits = .short, body: [UInt8] = [], serve: @escaping @Sendable (Connection) -> Void
    ) throws -> TransportError {
        let server = try LoopbackServer(serve)
        let transport = try transport(limits: limits)
        let request = HTTPRequest(body.isEmpty ? .get : .post, server.url, body: body)
        return try failure { () throws(TransportError) in try transport.send(request) }
    }

    @Test("because nobody listens")
    func refused() throws {
        let transport = try transport()
        let request = HTTPRequest(.get, "http://127.0.0.1:\(try LoopbackServer.closedPort())")
        let error = try failure { () throws(TransportError) in try transport.send(request) }
        #expect(error.kind == .unreachable)
        #expect(error.curlCode == 7)
    }

    @Test("because its name is unknown")
    func unknownName() throws {
        let transport = try transport(.discover)
        let error = try failure { () throws(TransportError) in try transport.serverKey(of: "https://ruhu.invalid") }
        #expect(error.kind == .unreachable)
        #expect([6, 28].contains(error.curlCode))
    }

    @Test("because it takes the request and falls silent", .timeLimit(.minutes(1)))
    func silent() throws {
        var limits = TransportLimits.short
        limits.lowSpeedTime = .seconds(1)
        let error = try failureOf(limits: limits) { connection in connection.waitForClose() }
        #expect(error.kind == .unreachable)
        #expect(error.curlCode == 28)
    }

    @Test("because its bytes drip slower than the limit", .timeLimit(.minutes(1)))
    func dripping() throws {
        var limits = TransportLimits.short
        limits.lowSpeedTime = .seconds(2)
        let error = try failureOf(limits: limits) { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in 0..<100 {
                connection.send("x")
                connection.pause(milliseconds: 200)
            }
        }
        #expect(error.kind == .unreachable)
        #expect(error.curlCode == 28)
    }

    @Test("because the handshake never comes to an end", .timeLimit(.minutes(1)))
    func silentHandshake() throws {
        let server = try LoopbackServer { $0.waitForClose() }
        var limits = TransportLimits.short
        limits.connectTime = .milliseconds(300)
        let transport = try transport(.discover, limits: limits)
        let error = try failure { () throws(TransportError) in
            try transport.serverKey(of: "https://127.0.0.1:\(server.port)")
        }
        #expect(error.kind == .unreachable)
        #expect(error.curlCode == 28)
    }

    @Test("because it hangs up in the handshake", arguments: [false, true])
    func brokenHandshake(isReset: Bool) throws {
        let server = try LoopbackServer { connection in
            _ = connection.receive()
            if isReset { connection.resetOnClose() }
        }
        let transport = try transport(.discover)
        let error = try failure { () throws(TransportError) in
            try transport.serverKey(of: "https://127.0.0.1:\(server.port)")
        }
        #expect(error.kind == .unreachable, "\(error)")
    }

    @Test("because the body is cut at any byte", arguments: [0, 1, 4])
    func truncatedBody(count: Int) throws {
        let error = try failureOf { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + "hello".prefix(count))
        }
        #expect(error.kind == .unreachable)
        #expect(error.curlCode == 18)
    }

    @Test("because a chunk is missing")
    func truncatedChunks() throws {
        let error = try failureOf { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        }
        #expect(error.kind == .unreachable)
    }

    @Test("because it closes without a word, or resets", arguments: [false, true])
    func emptyAnswer(isReset: Bool) throws {
        let error = try failureOf { connection in
            _ = connection.request()
            if isReset { connection.resetOnClose() }
        }
        #expect(error.kind == .unreachable)
    }

    @Test("because it resets while the body goes up")
    func resetDuringUpload() throws {
        let error = try failureOf(body: [UInt8](repeating: 1, count: 20_000_000)) { connection in
            _ = connection.receive()
            connection.resetOnClose()
        }
        #expect(error.kind == .unreachable)
    }

    @Test("because something else than HTTP is there", arguments: ["SSH-2.0-x\r\n", "\u{0}\u{1}\u{2}\n\n", "<html>"])
    func notHTTP(text: String) throws {
        let error = try failureOf { connection in
            _ = connection.request()
            connection.send(text)
        }
        #expect(error.kind == .unreachable, "\(error)")
    }
}

@Suite("An exchange that its caller ends")
struct AbortTests {
    @Test("while nothing arrives", .timeLimit(.minutes(1)))
    func silent() throws {
        let server = try LoopbackServer { $0.waitForClose() }
        var limits = TransportLimits.short
        limits.lowSpeedTime = .seconds(50)
        let transport = try transport(limits: limits)
        let start = ContinuousClock.now
        let error = try failure { () throws(TransportError) in
            try transport.send(
                HTTPRequest(.get, server.url), shouldAbort: { ContinuousClock.now - start > .milliseconds(500) })
        }
        #expect(error.kind == .aborted)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("after part of the answer has come", .timeLimit(.minutes(1)))
    func duringDownload() throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n0123456789")
            connection.waitForClose()
        }
        let transport = try transport()
        var received: Int64 = 0
        let error = try failure { () throws(TransportError) in
            try transport.send(
                HTTPRequest(.get, server.url), onProgress: { received = $1 }, shouldAbort: { received >= 10 })
        }
        #expect(error.kind == .aborted)
        #expect(received == 10)
    }

    @Test("before it began leaves the server alone")
    func atOnce() throws {
        let server = try LoopbackServer.answering { _, _ in hello }
        let transport = try transport()
        let error = try failure { () throws(TransportError) in
            try transport.send(HTTPRequest(.post, server.url, body: [1]), shouldAbort: { true })
        }
        #expect(error.kind == .aborted)
        #expect(transport.traffic == .none)
    }
}
