import BrowserDriver
import ProgramRunner
import Testing

extension BrowserTests {
    /// The checks see what they are for: a page as it should be has no finding, and each fault has its own.
    @Suite struct AccessibilityCheckTests {
        private static func page(
            _ body: String, head: String = "<title>今日</title>", lang: String = " lang=\"zh\""
        ) -> String {
            "<!doctype html><html\(lang)><head>\(head)<link rel=\"icon\" href=\"data:,\"></head><body>\(body)</body></html>"
        }

        private static let good = page(
            """
            <h1>今日</h1><h2>待办</h2>
            <form><label for="a">姓名</label><input id="a" name="a"><input type="hidden" name="h">
            <input type="radio" name="r" aria-label="一"><input type="radio" name="r" aria-label="二">
            <button>保存</button></form>
            <p style="color: #555; background: #fff">说明 <a href="/x">更多</a></p><img src="data:," alt="">
            """)

        private func findings(
            _ page: String,
            _ check: @escaping @Sendable (Browser) throws -> [String] = { try $0.accessibilityFindings() }
        ) async throws -> [String] {
            try await onThread {
                let server = try SmallPages(["/": page], policy: "default-src 'self' 'unsafe-inline'; img-src data:")
                let browser = try Browser.open()
                try browser.go(server.url + "/")
                return try withExtendedLifetime(server) { try check(browser) }
            }
        }

        @Test func aPageAsItShouldBeHasNoFinding() async throws {
            #expect(try await findings(Self.good) == [])
            #expect(try await findings(Self.good) { try $0.keyboardFindings() } == [])
        }

        @Test(arguments: [
            (page("<h1>一</h1><input name=\"q\">"), "has no label"),
            (page("<h1>一</h1><img src=\"data:,\">"), "has no alt"),
            (page("<h1>一</h1><p style=\"color: #999; background: #fff\">浅</p>"), "has contrast 2.85"),
            (
                page("<h1>一</h1><p style=\"background: #000\"><span style=\"color: #333\">深</span></p>"),
                "has contrast 1.66"
            ),
            (page("<h1>一</h1><p style=\"opacity: 0.4\">淡</p>"), "has contrast"),
            (page("<h1>一</h1><h3>三</h3>"), "follows a heading of level 1"),
            (page("<h2>二</h2>"), "has 0 h1"),
            (page("<h1>一</h1><a href=\"/\" tabindex=\"2\">先</a>"), "has tabindex 2"),
            (page("<h1>一</h1>", lang: ""), "has no lang"),
            (page("<h1>一</h1>", head: ""), "has no title"),
            (page("<h1>一</h1><button></button>"), "has no name"),
            (page("<h1>一</h1><svg width=\"9\" height=\"9\"></svg>"), "svg"),
            (page("<h1 id=\"a\">一</h1><p id=\"a\">二</p>"), "two elements have the id a"),
        ]) func aFaultHasItsFinding(page: String, finding: String) async throws {
            let found = try await findings(page)
            #expect(found.contains { $0.contains(finding) }, "\(found)")
        }

        @Test func whatTabDoesNotReachInOrderIsFound() async throws {
            let moved = Self.page(
                "<h1>一</h1><a href=\"/1\" id=\"a\">一</a><a href=\"/2\" id=\"b\">二</a><a href=\"/3\" id=\"c\">三</a>"
                    + "<script>a.onkeydown = e => { e.preventDefault(); c.focus() };"
                    + "c.onkeydown = e => { e.preventDefault(); b.focus() }</script>")
            #expect(
                try await findings(moved) { try $0.keyboardFindings() } == ["Tab goes from a#c “三” back to a#b “二”"])
            let trapped = Self.page(
                "<h1>一</h1><a href=\"/1\" id=\"a\">一</a><a href=\"/2\">二</a>"
                    + "<script>a.onkeydown = e => e.preventDefault()</script>")
            #expect(try await findings(trapped) { try $0.keyboardFindings() } == ["Tab does not reach a “二”"])
        }

        @Test func aPageWiderThanAPhoneIsFound() async throws {
            let viewport =
                "<title>宽</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            let wide = Self.page("<h1>一</h1><div style=\"width: 900px\">宽</div>", head: viewport)
            #expect(
                try await findings(wide) { browser in
                    try browser.setWindow(width: 390, height: 844)
                    return ["\(try browser.overflow())"]
                } == ["518"])
        }
    }
}
