import Foundation
import ProgramRunner
import Testing

private let curl = "/usr/bin/curl"

/// The console as an office has it: over TLS, with the certificate that the township made for itself.
@Suite(.enabled("needs the program curl") { FileManager.default.isExecutableFile(atPath: curl) })
struct ConsoleTLSTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url, isPlain: false)
        try server.start()
        let made = try server.program.run(
            ["user", "add", "li", "--role", "clerk", "--password-stdin"], input: ConsoleBrowser.password + "\n")
        #expect(made.code == 0, "\(made.errors)")
    }

    /// Head and body. The computer trusts the township's certificate, and nothing else.
    private func ask(_ path: String, _ options: String...) throws -> String {
        let asked = try Program(path: curl).run(
            [
                "--silent", "--show-error", "--include", "--noproxy", "*", "--cacert",
                server.folder.appending(path: "tls-certificate.pem").path, "--header", "Accept: text/html",
                "https://localhost:\(server.port)\(path)",
            ] + options)
        guard asked.code == 0 else { throw ProgramFailure("curl: \(asked.code) \(asked.errors)") }
        return asked.text
    }

    private func signIn() throws -> String {
        try ask(
            "/login", "--data-urlencode", "name=li", "--data-urlencode", "password=\(ConsoleBrowser.password)")
    }

    private func header(_ name: String, of answer: String) -> String? {
        answer.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }?
            .drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
    }

    @Test func aPersonSignsInAndTheCookieIsOfThisHostAndTLSAlone() throws {
        let signedIn = try signIn()
        #expect(signedIn.hasPrefix("HTTP/1.1 303"))
        let cookie = try #require(header("set-cookie", of: signedIn))
        #expect(cookie.hasPrefix("__Host-ruhu_session="))
        for part in ["secure", "httponly", "samesite=strict", "path=/"] {
            #expect(cookie.lowercased().contains(part), "\(cookie)")
        }
        #expect(!cookie.lowercased().contains("domain="))
        let pair = String(cookie.prefix { $0 != ";" })
        let today = try ask("/today", "--cookie", pair)
        #expect(today.hasPrefix("HTTP/1.1 200"))
        #expect(header("strict-transport-security", of: today) == "max-age=31536000")
        // A network that can set cookies of plain HTTP sets no session here.
        let plain = pair.replacing("__Host-", with: "")
        #expect(try ask("/today", "--cookie", plain).hasPrefix("HTTP/1.1 303"))
    }

    @Test func plainHTTPToThatPortIsTurnedAwayAndDoesNoHarm() throws {
        for _ in 0..<20 {
            let socket = try #require(LoopbackSocket.connected(to: server.port, patienceSeconds: 5))
            socket.send(Array("GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
            var answer: [UInt8] = []
            while let more = socket.receive() { answer += more }
            socket.close()
            #expect(!String(decoding: answer, as: UTF8.self).contains("HTTP/"))
        }
        #expect(try signIn().hasPrefix("HTTP/1.1 303"))
    }
}
