import CommandSupport
import Markup
import SyncEngine

/// What is around every page: where one is, where one can go, who is signed in.
struct PageLayout {
    let title: String
    let person: Person?
    let office: String
    let token: String?
    let input: ConsoleInput
    var seq: Seq?
    var isLive = false
    /// The seq of the act that led here.
    var done: Seq?

    /// The areas of the desk, in the order of the day.
    private static var areas: [(path: String, label: String)] {
        [
            ("today", L("今日", "Today")), ("conflicts", L("冲突", "Conflicts")), ("cases", L("办件", "Cases")),
            ("households", L("住户", "Households")), ("money", L("资金", "Money")), ("ledger", L("台账", "Ledger")),
            ("registers", L("登记簿", "Registers")), ("reports", L("统计与质量", "Reports")),
            ("exports", L("导入导出", "Files")),
        ]
    }

    func page(_ content: HTML) -> String {
        let isChinese = Language.current == .zh
        var page = "<!DOCTYPE html>\n<html lang=\"\(isChinese ? "zh-CN" : "en")\">\n<head>\n<meta charset=\"utf-8\">\n"
        page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        page += "<title>\(HTML.escaped(title)) · \(HTML.escaped(office.isEmpty ? L("入户", "Ruhu") : office))</title>\n"
        page += "<link rel=\"stylesheet\" href=\"\(ConsoleAssets.stylesheetPath)\">\n"
        page += "<link rel=\"icon\" href=\"\(ConsoleAssets.iconPath)\">\n"
        page += "<script src=\"\(ConsoleAssets.scriptPath)\" defer></script>\n</head>\n<body>\n"
        body(content).write(to: &page)
        return page + "</body>\n</html>\n"
    }

    private func body(_ content: HTML) -> HTML {
        .group([
            Tag.a(.class(.skip), .href(.fragment("main")), text: L("跳到正文", "Skip to content")),
            header,
            Tag.main(.id("main"), isLive ? .live(String(seq ?? 0)) : nil) {
                Tag.h1(text: title)
                if let done {
                    Tag.p(.class(.done), .role("status")) {
                        L("已办妥，序号 \(done)。", "Done, seq \(done).")
                    }
                }
                content
            },
            footer,
        ])
    }

    private var header: HTML {
        Tag.header(.class(.bar)) {
            Tag.span(.class(.office), text: office.isEmpty ? L("入户", "Ruhu") : office)
            if let person {
                // Whoever has a first password goes nowhere before it is changed.
                if !person.mustChangePassword { ways }
                Tag.div(.class(.who)) {
                    Tag.a(.href(Link("password")), .title(person.role.label.text())) {
                        "\(person.fullName.isEmpty ? person.name : person.fullName)"
                            + L("（\(person.role.label.text())）", " (\(person.role.label.text()))")
                    }
                    Tag.form(.action(Link("logout")), .method(.post)) {
                        Tag.input(.type(.hidden), .name("form_token"), .value(People.formToken(of: token ?? "")))
                        Tag.button(.type(.submit), .class(.plain), text: L("退出", "Sign out"))
                    }
                }
            }
            language
        }
    }

    private var ways: HTML {
        .group([
            // On a phone it opens what is behind it; elsewhere all is in sight.
            Tag.input(.id("menu"), .class(.menu), .type(.checkbox)),
            Tag.label(.class(.menu), .for("menu"), text: L("菜单", "Menu")),
            Tag.nav(.ariaLabel(L("主导航", "Main"))) {
                Tag.ul {
                    for area in Self.areas {
                        Tag.li {
                            Tag.a(
                                .href(Link(area.path)), input.path.hasPrefix("/\(area.path)") ? .ariaCurrent : nil,
                                text: area.label)
                        }
                    }
                }
            },
            Tag.form(.class(.find), .action(Link("find")), .method(.post), .role("search")) {
                Tag.input(.type(.hidden), .name("form_token"), .value(People.formToken(of: token ?? "")))
                Tag.label(.class(.hidden), .for("find"), text: L("查找住户", "Find a household"))
                Tag.input(
                    .id("find"), .type(.search), .name("text"),
                    .placeholder(L("姓名、编号、拼音首字母", "Name, number, initials")),
                    .maxlength(60))
            },
        ])
    }

    private var language: HTML {
        let other: Language = Language.current == .zh ? .en : .zh
        let here =
            input.method == "GET" ? input.address : "/today"
        return Tag.a(
            .class(.language), .lang(other == .zh ? "zh-CN" : "en"),
            .href(Link("language", other.rawValue, query: [("next", here)])),
            text: other == .zh ? "中文" : "English")
    }

    private var footer: HTML {
        Tag.footer(.class(.foot)) {
            if let seq, seq > 0 {
                Tag.span { L("数据序号 ", "Log seq ") + String(seq) }
            }
            Tag.span { L("入户 · 谁在何时看过、改过，都有记录", "Ruhu · who saw and changed what, when, is on record") }
        }
    }
}

extension StyleClass {
    static let stack = Self("stack"), heading = Self("heading"), menu = Self("menu"), skip = Self("skip"),
        bar = Self("bar"), office = Self("office"),
        find = Self("find"), who = Self("who")
    static let plain = Self("plain"), language = Self("language"), foot = Self("foot"), hidden = Self("hidden")
    static let done = Self("done"), problem = Self("problem"), hint = Self("hint"), field = Self("field")
    static let panel = Self("panel"), scroll = Self("scroll"), number = Self("number"), facts = Self("facts")
    static let late = Self("late"), soon = Self("soon"), fine = Self("fine"), grave = Self("grave"), mild = Self("mild")
    static let buttons = Self("buttons"), primary = Self("primary"), danger = Self("danger"), cards = Self("cards")
    static let card = Self("card"), count = Self("count"), tabs = Self("tabs"), timeline = Self("timeline")
    static let `case` = Self("case")
    static let columns = Self("columns"), masked = Self("masked"), narrow = Self("narrow"), empty = Self("empty")
    static let badge = Self("badge"), pages = Self("pages"), filters = Self("filters"), chart = Self("chart")
}
