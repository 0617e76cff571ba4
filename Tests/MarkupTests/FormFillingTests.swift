import Markup
import Testing

/// A form that comes back holds what was typed into it.
@Suite struct FormFillingTests {
    private let page: HTML = .group([
        Tag.form(.action(Link("a"))) { Tag.input(.name("x"), .type(.text)) },
        Tag.details(.id("fold")) {
            Tag.form(.action(Link("b"))) {
                Tag.input(.type(.hidden), .name("seen"), .value("9"))
                Tag.input(.type(.hidden), .name("move"), .value("accept"))
                Tag.label(.for("f-x"), text: "金额")
                Tag.input(.id("f-x"), .type(.text), .name("x"), .value("old"), .ariaDescribedBy("f-x-help"))
                Tag.input(.type(.password), .name("secret"), .value(""))
                Tag.label(.for("f-t"), text: "意见")
                Tag.textarea(.id("f-t"), .name("t"), text: "before")
                Tag.select(.name("s")) {
                    Tag.option(.value("1"), .selected, text: "一")
                    Tag.option(.value("2"), text: "二")
                }
                Tag.fieldset {
                    Tag.legend(text: "采用")
                    Tag.label {
                        Tag.input(.type(.radio), .name("r"), .value("mine"), .checked)
                        "我的"
                    }
                    Tag.label {
                        Tag.input(.type(.radio), .name("r"), .value("theirs"))
                        "他的"
                    }
                }
            }
        },
    ])

    private func filled(
        _ fields: [(name: String, value: String)], kept: [String: String] = [:], wrong: [String: String] = [:]
    ) -> String {
        let form = page.forms[1]
        return page.filling(
            form,
            with: FormFilling(fields: fields, kept: kept, wrong: wrong, notice: Tag.p(text: "不对"))
        ).source
    }

    @Test func itsFieldsAreReadWithTheirLabels() {
        let forms = page.forms
        #expect(forms.map(\.action) == ["/a", "/b"])
        #expect(forms[1].label(of: "x") == "金额" && forms[1].label(of: "r") == "采用")
        #expect(forms[1].names == ["x", "secret", "t", "s", "r"])
        #expect(forms[1].controls.filter(\.isHidden).map(\.value) == ["9", "accept"])
    }

    @Test func whatWasTypedStandsInItAgain() {
        let source = filled([("x", "12\"元"), ("t", "\n第二行<"), ("s", "2"), ("r", "theirs")])
        #expect(source.contains("name=\"x\" value=\"12&quot;元\""))
        #expect(source.contains(">\n\n第二行&lt;</textarea>"))
        #expect(source.contains("<option value=\"1\">") && source.contains("<option value=\"2\" selected>"))
        #expect(source.contains("value=\"mine\">") && source.contains("value=\"theirs\" checked>"))
        #expect(source.contains("<details id=\"fold\" open>") && source.contains("<form action=\"/b\"><p>不对</p>"))
        #expect(source.contains("<input name=\"x\" type=\"text\">"), "the other form is as it was")
    }

    @Test func secretsAndHiddenFieldsDoNotComeBackUnlessTheyAreKept() {
        let source = filled([("secret", "hunter2"), ("seen", "1"), ("move", "reject")], kept: ["seen": "4"])
        #expect(!source.contains("hunter2") && source.contains("name=\"seen\" value=\"4\""))
        #expect(source.contains("name=\"move\" value=\"accept\""))
    }

    @Test func whatCannotBeChosenLeavesTheChoice() {
        #expect(filled([("s", "3")]).contains("<option value=\"1\" selected>"))
    }

    @Test func aFieldThatIsWrongSaysSo() {
        let source = filled([("x", "?")], wrong: ["x": "写作 12.50", "r": "请选择“采用”"])
        #expect(source.contains("<p class=\"error\" id=\"wrong-x\">写作 12.50</p>"))
        #expect(source.contains("aria-describedby=\"wrong-x f-x-help\" aria-invalid=\"true\""))
        #expect(source.contains(#/<\/legend>\s*<p class="error" id="wrong-r">请选择“采用”<\/p>/#), "\(source)")
        #expect(source.matches(of: #/aria-describedby="wrong-r"/#).count == 2)
    }
}
