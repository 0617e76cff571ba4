import Foundation
import FoundationNetworking
import ProgramRunner
import Testing

/// Anything unknown, malformed, out of scope or unsigned gets a numbered, clear error, and changes nothing.
@Suite struct BadInputTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: "370404101201", staff: "王秀英")
    }

    private struct Wrong: Sendable {
        let arguments: [String]
        let code: Int32
    }

    private static let wrong: [Wrong] = [
        Wrong(arguments: ["new", "castle", "number=1"], code: 65),
        Wrong(arguments: ["new", "household", "colour=red"], code: 65),
        Wrong(arguments: ["new", "household", "annual_income_fen=12.5"], code: 65),
        Wrong(arguments: ["new", "household", "village=370404101999"], code: 65),
        Wrong(arguments: ["new", "household", "village=370404101202"], code: 65),
        Wrong(arguments: ["new", "household", "phones=12345"], code: 65),
        Wrong(arguments: ["new", "member", "name=张三"], code: 65),
        Wrong(arguments: ["new", "member", "household=01890000-0000-7000-8000-000000000000", "name=张三"], code: 65),
        Wrong(arguments: ["edit", "01890000-0000-7000-8000-000000000000", "number=1"], code: 65),
        Wrong(arguments: ["show", "nothing"], code: 65),
        Wrong(arguments: ["history", "01890000-0000-7000-8000-000000000000"], code: 65),
        Wrong(arguments: ["new"], code: 64),
        Wrong(arguments: ["frobnicate"], code: 64),
        Wrong(arguments: ["list", "household", "--limit", "many"], code: 64),
        Wrong(arguments: ["withdraw", "99"], code: 65),
        Wrong(arguments: ["bundle", "import", "/etc/hostname"], code: 65),
    ]

    @Test(arguments: 0..<wrong.count) func aWrongCommandIsRefusedWithItsCode(index: Int) throws {
        let wrong = Self.wrong[index]
        let outcome = try station.run(wrong.arguments)
        #expect(outcome.code == wrong.code, "\(wrong.arguments) \(outcome.text) \(outcome.errors)")
        #expect(outcome.json["error"]["code"].int != nil)
        #expect(outcome.json["error"]["message"].string?.isEmpty == false)
        #expect(outcome.json["error"]["hint"].string?.isEmpty == false)
        #expect(!outcome.errors.isEmpty)
        #expect(try station.run("outbox").json["sets"].array.isEmpty)
    }

    /// What is wrong on a form is caught where it is typed, with an example, and costs nothing that was typed before.
    @Test(arguments: [
        ["new", "member", "household=HOME", "name=张三", "id_number=110105194912310021"],
        ["new", "member", "household=HOME", "name=张三", "birth_date=2026-02-30"],
        ["new", "income_item", "household=HOME", "type=10", "amount_fen=-5", "period=month"],
        ["new", "income_item", "household=HOME", "type=99", "amount_fen=5", "period=month"],
        ["apply", "HOME", "dibao", "--signer", "张三", "--valid-to", "2020-01-01"],
        ["apply", "HOME", "dibao", "--signer", "张三", "--valid-to", "2026-02-30"],
        ["apply", "HOME", "dividends", "--signer", "张三"],
        ["new", "authorisation", "application=CASE", "signer=张三", "signed_at=2026-03-02", "valid_to=2026-03-01"],
    ])
    func whatIsWrongOnAFormIsCaughtWhereItIsTyped(arguments: [String]) throws {
        let home = try station.new("household", "number=001")
        let made = try #require(try station.run("apply", home, "dibao").json["id"].string)
        let before = try station.run("outbox").json["sets"].array.count
        let outcome = try station.run(
            arguments.map { $0.replacing("HOME", with: home).replacing("CASE", with: made) })
        #expect(outcome.code == 65, "\(outcome.text) \(outcome.errors)")
        #expect(outcome.json["error"]["message"].string?.isEmpty == false)
        #expect(try station.run("outbox").json["sets"].array.count == before)
    }

    /// Two households may not be told apart offline: both are kept, and it is said at once.
    @Test func aPersonWhoIsOnRecordInAnotherHouseholdIsToldWhereHeIsTyped() throws {
        let (one, two) = (try station.new("household", "number=001"), try station.new("household", "number=002"))
        let first = try station.run(
            "new", "member", "household=\(one)", "name=张三", "id_number=11010519491231002X")
        #expect(first.code == 0 && !first.errors.contains("001"))
        let again = try station.run(
            "new", "member", "household=\(two)", "name=张三", "id_number=11010519491231002X")
        #expect(again.code == 0 && again.errors.contains("household 001"), "\(again.errors)")
        #expect(again.errors.contains("in_household=false"))
        let id = try #require(first.json["id"].string)
        #expect(try station.run("edit", id, "in_household=false", "in_household_reason=迁出").code == 0)
        let moved = try station.run(
            "edit", try #require(again.json["id"].string), "id_number=", "name=张三")
        #expect(moved.code == 0 && !moved.errors.contains("household 001"))
    }

    @Test(arguments: [
        ("GET", "/v1/hello", 401, 3001), ("GET", "/v1/pull?cursor=0", 401, 3001), ("GET", "/v1/nothing", 404, 4008),
        ("DELETE", "/v1/push", 405, 4013), ("POST", "/v1/push", 401, 3001), ("POST", "/v1/devices", 401, 3001),
    ]) func anUnsignedRequestIsAnsweredWithANumberedProblem(
        method: String, path: String, status: Int, code: Int
    ) async throws {
        var request = URLRequest(url: try #require(URL(string: server.url + path)))
        request.httpMethod = method
        request.setValue("application/json", forHTTPHeaderField: "Accept")
        let (data, response) = try await URLSession.shared.data(for: request)
        #expect((response as? HTTPURLResponse)?.statusCode == status)
        #expect(String(decoding: data, as: UTF8.self).contains("\(code)"), "\(String(decoding: data, as: UTF8.self))")
    }

    @Test func aFolderIsServedOnce() throws {
        let second = try server.command("serve", "--listen", "127.0.0.1:0", "--plain-http")
        #expect(second.code == 73 && second.json["error"]["code"].int == 5009, "\(second.text)")
        #expect(try server.command("status").code == 0)
        server.kill()
        try server.start()
        try station.sync()
    }

    @Test func aPortThatIsTakenIsSaid() throws {
        let port = try #require(server.url.split(separator: ":").last)
        let other = try TownshipServer(in: folder.url.appending(path: "other"), name: "底阁镇", region: "370404102")
        let refused = try other.command("serve", "--listen", "127.0.0.1:\(port)", "--plain-http")
        #expect(refused.code == 73)
        #expect(refused.json["error"]["code"].int == 5008)
    }

    @Test func oneWrongDocumentAmongManySaysThatNoneWasSaved() throws {
        let documents = #"{"number":"1"}{"number":"2","no_such_field":"x"}"#
        let refused = try station.program.run(["new", "household", "-"], input: documents)
        #expect(refused.code == 65)
        #expect(refused.errors.contains("Document 2 is wrong and none was saved"), "\(refused.errors)")
        #expect(try station.run("list", "household").json["count"].int == 0)
    }

    @Test func aCodeIsGoodForOneStationOnly() throws {
        let code = try server.invite(village: "370404101201", staff: "李建国")
        let first = VillageStation(in: folder.url, name: "first")
        #expect(try first.run("join", server.url, code).code == 0)
        #expect(try first.run("join", server.url, code).code == 0)
        let second = VillageStation(in: folder.url, name: "second")
        #expect(try second.run("join", server.url, code).code == 65)
        #expect(try second.run("join", server.url, "NOT-A-CODE").code == 65)
        #expect(try second.run("sync").code == 77)
    }

    @Test func aPortalThatAnswersHTMLCountsAsUnreachable() throws {
        _ = try station.new("household", "number=001")
        server.stop()
        let portal = try Portal(port: try #require(URL(string: server.url)?.port))
        defer { portal.stop() }
        let outcome = try station.run("sync")
        #expect(outcome.code == 69)
        #expect(try station.run("outbox").json["sets"].array.count == 1)
    }
}

/// A captive portal: 200 and a page, whatever is asked.
private final class Portal {
    private let listener: Int32

    init(port: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(listener, 16) == 0 else { throw ProgramFailure("portal: errno \(errno)") }
        self.listener = listener
        let page = Array(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>log in</html>".utf8)
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                _ = recv(connection, &buffer, buffer.count, 0)
                _ = send(connection, page, page.count, Int32(MSG_NOSIGNAL))
                close(connection)
            }
        }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
