import BrowserDriver
import Foundation
import ProgramRunner
import Testing

extension BrowserTests {
    /// A day at the desk in Chromium, with the built server and stations that sync meanwhile.
    @Suite struct DeskDayTests {
        @Test func aFirstPasswordIsChangedAndTheDayIsInSight() async throws {
            try await onThread {
                let town = try DeskTown()
                let first = try town.account("li", "李敏", password: nil)
                let browser = try Browser.open()
                try browser.go(town.server.url + "/cases")
                #expect(try browser.url.contains("/login"))
                try town.signIn("li", password: first, in: browser)
                #expect(try browser.text("h1") == "修改密码")
                // Nothing else opens before.
                try browser.go(town.server.url + "/households")
                #expect(try browser.text("h1") == "修改密码")
                try browser.type(first, into: "#old")
                try browser.type(DeskTown.password, into: "#new")
                try browser.type(DeskTown.password, into: "#again")
                try browser.leave { try browser.click("main button[type=submit]") }
                #expect(try browser.text("h1").hasPrefix("今日"))
                #expect(try browser.text(".who").contains("李敏"))
                #expect(try browser.complaints() == [])
            }
        }

        @Test func todayIsBroughtUpToDateWithoutLoadingThePageAgain() async throws {
            try await onThread {
                let town = try DeskTown()
                try town.account("li", "李敏")
                let (_, member) = try town.family("001", "张三", idNumber: "11010519491231002X", "labour_ability=完全")
                try town.meet()
                let browser = try town.window("li")
                #expect(try browser.text("#card-conflicts .count") == "0")
                try browser.markPage()
                // The keyboard's place stays too.
                try browser.tab(to: "#card-conflicts")
                try town.differ(member, ["labour_ability=部分"], ["labour_ability=丧失"])
                try browser.wait("the new figure") { try browser.text("#card-conflicts .count") == "1" }
                #expect(try browser.isSamePage)
                #expect(try browser.evaluate("return document.activeElement.id").string == "card-conflicts")
                #expect(try browser.complaints() == [])
            }
        }

        @Test func aConflictIsDecidedWithTheKeyboardAlone() async throws {
            try await onThread {
                let town = try DeskTown()
                try town.account("li", "李敏")
                let (_, member) = try town.family("001", "张三", idNumber: "11010519491231002X", "labour_ability=完全")
                try town.meet()
                try town.differ(member, ["labour_ability=部分"], ["labour_ability=丧失"])
                let browser = try town.window("li")
                try browser.tab(to: "#card-conflicts")
                try browser.leave { try browser.press(.enter) }
                try browser.tab(to: "main td a[href^='/conflicts/']")
                try browser.leave { try browser.press(.enter) }
                try browser.tab(to: "#take-theirs")
                try browser.press(.down)
                #expect(try browser.evaluate("return document.activeElement.id").string == "take-mine")
                try browser.tab(to: "#f-reason")
                try browser.write("查过残疾证")
                try browser.leave { try browser.press(.enter) }
                #expect(try browser.text(".done").contains("已办妥"))
                let fields = try town.server.command("show", member).json["fields"]
                #expect(fields["labour_ability"].string == "丧失")
                let last = try town.server.command("history", member).json["entries"].array.last
                #expect(last?["author"].string == "李敏(li)" && last?["reason"].string == "查过残疾证")
                #expect(try browser.complaints() == [])
            }
        }

        @Test func filesOfTheLedgerAreWhatTheirNamesSay() async throws {
            try await onThread {
                let town = try DeskTown()
                try town.account("li", "李敏")
                _ = try town.family("001", "张三", idNumber: "11010519491231002X")
                try town.meet()
                let browser = try town.window("li")
                try browser.leave { try browser.click("nav a[href='/ledger']") }
                let links = try browser.all("main a[href^='/tables/ledger/file']").map {
                    try $0.attribute("href") ?? ""
                }
                let xlsx = try #require(links.first { $0.contains("format=xlsx") })
                let csv = try #require(links.first { $0.contains("format=csv") })
                #expect(try browser.firstBytes(of: xlsx) == Array("PK\u{3}\u{4}".utf8))
                #expect(try browser.firstBytes(of: csv, count: 3) == [0xEF, 0xBB, 0xBF])
                #expect(try browser.complaints() == [])
            }
        }

        @Test func afterSigningOutTheBackButtonShowsNothing() async throws {
            try await onThread {
                let town = try DeskTown()
                try town.account("li", "李敏")
                let (home, _) = try town.family("001", "张三", idNumber: "11010519491231002X")
                try town.meet()
                let browser = try town.window("li")
                try browser.go(town.server.url + "/households/\(home)")
                #expect(try browser.text("main").contains("张三"))
                try browser.leave { try browser.click(text: "退出") }
                try browser.back()
                try browser.wait("the sign-in page") { try browser.url.contains("/login") }
                #expect(try browser.text("body").contains("张三") == false)
                #expect(try browser.title.hasPrefix("登录"))
            }
        }
    }
}
