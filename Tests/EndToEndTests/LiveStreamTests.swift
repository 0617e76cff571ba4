import Foundation
import ProgramRunner
import Testing

/// The stream of changes that open pages listen to: few for each session, and none without one.
@Suite struct LiveStreamTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let clerk: ConsoleBrowser

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        clerk = try ConsoleBrowser.signedIn(server, "li")
    }

    /// What a stream begins with, and the stream.
    private func listen(_ browser: ConsoleBrowser) throws -> (stream: LoopbackSocket, head: String) {
        let stream = try #require(LoopbackSocket.connected(to: server.port, patienceSeconds: 6))
        let cookie = "ruhu_session=\(browser.cookies["ruhu_session"] ?? "")"
        stream.send(Array("GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: \(cookie)\r\n\r\n".utf8))
        return (stream, String(decoding: stream.receive() ?? [], as: UTF8.self))
    }

    /// Whether the server ends it within six seconds; without news a stream says nothing for fifteen.
    private func ends(_ stream: LoopbackSocket) -> Bool {
        let start = ContinuousClock.now
        while stream.receive() != nil {}
        let isSilence = start.duration(to: .now) >= .seconds(6)
        return !isSilence
    }

    @Test func aSessionHasAFewStreamsAndAnotherHasItsOwn() throws {
        let streams = try (0..<6).map { _ in try listen(clerk) }
        defer { for stream in streams { stream.stream.close() } }
        #expect(streams.allSatisfy { $0.head.hasPrefix("HTTP/1.1 200") })
        let seventh = try listen(clerk)
        seventh.stream.close()
        #expect(seventh.head.hasPrefix("HTTP/1.1 429"), "\(seventh.head.prefix(20))")
        let other = try listen(try ConsoleBrowser.signedIn(server, "wang"))
        other.stream.close()
        #expect(other.head.hasPrefix("HTTP/1.1 200"))
    }

    @Test func aStreamThatIsLeftMakesRoomForAnother() throws {
        for _ in 0..<4 {
            let streams = try (0..<6).map { _ in try listen(clerk) }
            #expect(streams.allSatisfy { $0.head.hasPrefix("HTTP/1.1 200") })
            for stream in streams { stream.stream.close() }
            Thread.sleep(forTimeInterval: 1)
        }
    }

    @Test func aStreamEndsWithItsSession() throws {
        var clerk = clerk
        let stream = try listen(clerk).stream
        defer { stream.close() }
        let out = try clerk.submit(try clerk.get("/today"), "/logout")
        #expect(out.status == 303)
        #expect(ends(stream))
    }

    @Test func aStreamEndsWhenTheAccountIsDisabled() throws {
        let stream = try listen(clerk).stream
        defer { stream.close() }
        #expect(try server.program.run(["user", "disable", "li"]).code == 0)
        #expect(ends(stream))
    }

    @Test func aStreamBeginsWithTheSeqThatIsThere() throws {
        let (first, _) = try listen(clerk)
        defer { first.close() }
        Thread.sleep(forTimeInterval: 2.5)
        let second = try listen(clerk)
        defer { second.stream.close() }
        var text = second.head
        while !text.contains("event: changed"), let more = second.stream.receive() {
            text += String(decoding: more, as: UTF8.self)
        }
        #expect(text.contains("event: changed"), "\(text)")
    }
}
