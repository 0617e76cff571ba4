import Markup
import Testing

/// Nothing that people typed becomes markup.
@Suite struct HTMLTests {
    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a & b \"c\" 'd'", "a &amp; b &quot;c&quot; &#39;d&#39;"),
        ("张三\u{202E}四", "张三\u{FFFD}四"), ("a\u{0}b\u{1B}", "a\u{FFFD}b\u{FFFD}"), ("行\n\t二", "行\n\t二"),
        ("\u{85}\u{200F}\u{2028}", "\u{FFFD}\u{FFFD}\u{FFFD}"), ("é ÿ ؜", "é ÿ \u{FFFD}"), ("“引号”…", "“引号”…"),
    ]) func textsAreEscaped(text: String, source: String) {
        #expect(HTML.escaped(text) == source)
        #expect(Tag.p(text: text).source == "<p>\(source)</p>\n")
        #expect(Tag.p(.title(text)).source == "<p title=\"\(source)\"></p>\n")
    }

    /// What has no look at each character says the same as what has.
    @Test func everyScalarIsEscapedAloneAsAmongOthers() {
        for value in UInt32(0)...0x2FFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let alone = HTML.escaped(String(Character(scalar)))
            #expect(HTML.escaped("<" + String(Character(scalar))) == "&lt;" + alone || alone.isEmpty)
        }
    }

    @Test func elementsAreWrittenInOrder() {
        let page = Tag.ul(.class(StyleClass("a"), StyleClass("b"))) {
            for number in 1...2 { Tag.li { "\(number)" } }
            if Bool(true) { Tag.li(text: "末") }
        }
        #expect(page.source == "<ul class=\"a b\"><li>1</li>\n<li>2</li>\n<li>末</li>\n</ul>\n")
        #expect(Tag.input(.name("x"), .required, nil).source == "<input name=\"x\" required>")
    }

    @Test func addressesAreOfThisServerOnly() {
        #expect(Link("cases", "a/../b?c#d").text == "/cases/a%2F..%2Fb%3Fc%23d")
        #expect(Link("javascript:alert(1)").text == "/javascript%3Aalert%281%29")
        #expect(
            Link("find", query: [("text", "王 芳&x=1"), ("page", nil)]).text == "/find?text=%E7%8E%8B%20%E8%8A%B3%26x%3D1"
        )
        #expect(
            Tag.a(.href(Link("x", query: [("q", "\"><script>")]))).source == "<a href=\"/x?q=%22%3E%3Cscript%3E\"></a>")
    }

    @Test func anEmptyPartIsSeenAsEmpty() {
        #expect(HTML.group([.empty, .text("")]).isEmpty)
        #expect(!HTML.group([.empty, Tag.br()]).isEmpty)
    }
}
