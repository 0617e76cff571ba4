import BrowserDriver
import Foundation
import ProgramRunner
import Testing

/// All tests with a browser, one after another: each window is a handful of processes.
@Suite(.serialized) enum BrowserTests {}

extension BrowserTests {
    /// The driver drives: what a person does to a page happens, what is not there is told, what the console says is kept.
    @Suite struct DriverTests {
        private static let desk = """
            <!doctype html><html lang="zh"><head><title>窗口</title><link rel="icon" href="data:,">
            <meta name="viewport" content="width=device-width, initial-scale=1"></head><body>
            <h1>登录</h1>
            <form action="/next">
            <label>姓名 <input name="user"></label>
            <label>镇街 <select name="town"><option value="1">坛山</option><option value="2">古邵</option></select></label>
            <button>进入</button></form>
            <p><a href="/other">说明</a></p></body></html>
            """
        private static let next = """
            <!doctype html><html lang="zh"><head><title>今日</title><link rel="icon" href="data:,"></head>
            <body><h1>今日</h1><p>到了</p></body></html>
            """

        private func browse(
            _ pages: [String: String], policy: String = "default-src 'self'; img-src data:",
            _ body: @escaping @Sendable (Browser, String) throws -> Void
        ) async throws {
            try await onThread {
                let server = try SmallPages(pages, policy: policy)
                try body(try Browser.open(), server.url)
                withExtendedLifetime(server) {}
            }
        }

        @Test func typesChoosesAndSubmitsAForm() async throws {
            try await browse(["/": Self.desk, "/next": Self.next]) { browser, url in
                try browser.go(url + "/")
                #expect(try browser.title == "窗口")
                try browser.type("李建国", into: "input[name=user]")
                try browser.select("古邵", in: "select")
                #expect(try browser.find("input").attribute("value") == "李建国")
                try browser.submit("form")
                try browser.wait("the next page") { try browser.text("h1") == "今日" }
                let query = try #require(URLComponents(string: try browser.url)?.queryItems)
                #expect(query.map(\.value) == ["李建国", "2"])
                #expect(try browser.complaints() == [])
            }
        }

        @Test func clicksByTextAndSendsByTheKeyboard() async throws {
            try await browse(["/": Self.desk, "/next": Self.next, "/other": Self.next]) { browser, url in
                try browser.go(url + "/")
                try browser.click(text: "说明")
                try browser.wait("the other page") { try browser.url == url + "/other" }
                try browser.back()
                try browser.click("input[name=user]")
                try browser.press("a")
                try browser.press(.enter)
                try browser.wait("the next page") { try browser.url.hasPrefix(url + "/next?user=a") }
            }
        }

        @Test func whatIsNotThereIsToldWithThePage() async throws {
            try await browse(["/": Self.next]) { browser, url in
                try browser.go(url + "/")
                let failure = #expect(throws: ProgramFailure.self) { try browser.find("#nowhere") }
                #expect(failure?.description.contains("#nowhere") == true)
                #expect(failure?.description.contains("到了") == true)
            }
        }

        @Test func anOptionThatIsNotThereIsToldWithTheOthers() async throws {
            try await browse(["/": Self.desk]) { browser, url in
                try browser.go(url + "/")
                let failure = #expect(throws: ProgramFailure.self) { try browser.select("阴平", in: "select") }
                #expect(failure?.description.contains("古邵") == true)
            }
        }

        @Test func aViolationOfTheContentPolicyIsAComplaint() async throws {
            let page = Self.next.replacingOccurrences(
                of: "</body>", with: "<script>document.title = 'x'</script></body>")
            try await browse(["/": page]) { browser, url in
                try browser.go(url + "/")
                #expect(try browser.title == "今日")
                #expect(try browser.complaints().contains { $0.message.contains("Content Security Policy") })
            }
        }

        @Test func aScriptThatFailsAndAResourceThatIsNotThereAreComplaints() async throws {
            let page = Self.next.replacingOccurrences(
                of: "</body>", with: "<img src=/none.png alt=''><script>nothing()</script></body>")
            try await browse(["/": page], policy: "default-src 'self' 'unsafe-inline'; img-src *") { browser, url in
                try browser.go(url + "/")
                try browser.wait("both") { try browser.complaints().count >= 2 }
                #expect(try browser.complaints().contains { $0.message.contains("nothing is not defined") })
                #expect(try browser.complaints().contains { $0.message.contains("404") })
            }
        }

        @Test func theWindowIsAsWideAsAPhone() async throws {
            try await browse(["/": Self.desk]) { browser, url in
                try browser.setWindow(width: 390, height: 844)
                try browser.go(url + "/")
                #expect(try browser.evaluate("return document.documentElement.clientWidth").int == 390)
            }
        }

        @Test func aScreenshotHoldsTheWholePage() async throws {
            let long = Self.next.replacingOccurrences(of: "<p>", with: "<p style='height: 2000px'>")
            try await browse(["/": long], policy: "default-src 'self' 'unsafe-inline'; img-src data:") { browser, url in
                try browser.go(url + "/")
                let folder = try TemporaryFolder()
                let file = folder.url.appending(path: "page.png")
                try browser.screenshot(to: file)
                let bytes = Array(try Data(contentsOf: file))
                #expect(bytes.prefix(4) == [0x89, 0x50, 0x4E, 0x47])
                // PNG: width and height stand in the first chunk, at 16 and 20.
                func number(at start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
                #expect(number(at: 16) == 1366)
                #expect(number(at: 20) > 2000)
            }
        }
    }
}
