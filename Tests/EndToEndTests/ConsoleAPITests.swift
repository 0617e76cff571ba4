import Foundation
import ProgramRunner
import Testing

/// What a program gets that speaks to the console: JSON for whatever it does, and a problem for whatever it does wrong.
@Suite struct ConsoleAPITests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let token: String

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        _ = try ConsoleBrowser.signedIn(server, "chen", role: "leader")
        var program = ConsoleBrowser(server)
        let body = #"{"name": "chen", "password": "\#(ConsoleBrowser.password)"}"#
        let signedIn = try program.send(
            "POST", "/login", headers: ["Content-Type": "application/json", "Accept": "*/*"], body: Array(body.utf8))
        token = try #require(signedIn.json["token"].string)
    }

    private func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = [], signedIn: Bool = true
    ) throws -> ConsoleReply {
        var program = ConsoleBrowser(server)
        let own = signedIn ? ["Authorization": "Bearer \(token)", "Accept": "*/*"] : ["Accept": "application/json"]
        return try program.send(method, path, headers: own.merging(headers) { $1 }, body: body)
    }

    private func expectProblem(_ reply: ConsoleReply, _ status: Int, _ name: String) {
        #expect(reply.status == status, "\(reply.words)")
        #expect(reply.headers(named: "content-type") == ["application/json"])
        #expect(reply.json["error"]["name"].string == name)
        #expect(reply.json["error"]["hint"].string?.isEmpty == false)
    }

    @Test func theDescriptionIsServedToAnybody() throws {
        let reply = try send("GET", "/openapi.yaml", signedIn: false)
        #expect(reply.status == 200 && reply.headers(named: "content-type") == ["application/yaml"])
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/openapi.yaml")
        #expect(Data(reply.body) == (try Data(contentsOf: file)))
    }

    @Test func anAddressThatThereIsNotIsAProblem() throws {
        expectProblem(try send("GET", "/nowhere"), 404, "not-found")
        expectProblem(try send("POST", "/cases/1/nowhere"), 404, "not-found")
    }

    @Test(arguments: ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "POST"])
    func aMethodThatAnAddressHasNotIsAProblemThatNamesThoseItHas(method: String) throws {
        let reply = try send(method, "/today")
        expectProblem(reply, 405, "method-not-allowed")
        #expect(reply.headers(named: "allow") == ["GET, HEAD"])
        #expect(try send(method, "/healthz").headers(named: "allow") == ["GET, HEAD"])
    }

    @Test func theOperatorsPagesAnswerHeadWithoutABody() throws {
        for path in ["/healthz", "/readyz", "/metrics"] {
            let reply = try send("HEAD", path, signedIn: false)
            #expect(reply.status == 200 && reply.body.isEmpty, "\(path)")
        }
    }

    @Test func whoeverDoesNotAskForAPageIsAnsweredInJSON() throws {
        #expect(try send("GET", "/today").json["seq"].int != nil)
        #expect(try send("GET", "/today", headers: ["Accept": "application/xml"]).json["seq"].int != nil)
        let page = try send("GET", "/today", headers: ["Accept": "text/html"])
        #expect(page.headers(named: "content-type") == ["text/html; charset=utf-8"])
    }

    @Test func whoIsNotSignedInIsToldHow() throws {
        let reply = try send("GET", "/today", signedIn: false)
        expectProblem(reply, 401, "not-signed-in")
        #expect(reply.headers(named: "www-authenticate") == ["Bearer"])
    }

    @Test(arguments: ["{} {}", "", "[]", "null", #"{"text": {}}"#, #"{"text": 1.5}"#])
    func aBodyThatIsNotOneFlatObjectIsRefused(body: String) throws {
        let reply = try send("POST", "/find", headers: ["Content-Type": "application/json"], body: Array(body.utf8))
        #expect(reply.status == 400 && reply.json["error"]["code"].int != nil, "\(body): \(reply.words)")
    }

    @Test func bytesThatAreNoTextAreRefusedNotReplaced() throws {
        let form = ["Content-Type": "application/x-www-form-urlencoded"]
        expectProblem(try send("POST", "/find", headers: form, body: Array("text=".utf8) + [0xFF]), 400, "bad-request")
        expectProblem(try send("POST", "/find", headers: form, body: Array("text=%00".utf8)), 400, "bad-request")
        let json = ["Content-Type": "application/json"]
        let reply = try send("POST", "/find", headers: json, body: Array(#"{"text": ""#.utf8) + [0xFF, 0x22, 0x7D])
        #expect(reply.status == 400 && reply.json["error"]["code"].int != nil)
    }

    @Test(arguments: ["/conflicts?matter=x", "/duplicates?state=x", "/cases?clock=x", "/ledger?as_of=x"])
    func aQueryThatIsNoneOfItsCodesIsRefusedNotIgnored(path: String) throws {
        expectProblem(try send("GET", path), 400, "bad-value")
    }

    @Test func aDocumentThatIsNoneIsRefusedNotLeftOut() throws {
        expectProblem(try send("GET", "/documents/print?id=x"), 404, "unknown-record")
    }
}
