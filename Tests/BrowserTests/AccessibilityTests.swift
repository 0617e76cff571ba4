import BrowserDriver
import Foundation
import ProgramRunner
import Testing

extension BrowserTests {
    /// Every main page, as whoever cannot see it well, has no mouse, a phone, another language or no scripts finds it.
    @Suite struct AccessibilityTests {
        @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
        func everyPageCanBeReadAndReached() async throws {
            try await onThread {
                let sample = try SampleTown()
                for language in ["zh-CN", "en"] {
                    let browser = try Browser.open(language: language)
                    try browser.go(sample.town.server.url + "/login")
                    try Self.check("login", in: browser, language: language)
                    try sample.town.signIn("li", in: browser)
                    for (name, path) in sample.pages {
                        try browser.go(sample.town.server.url + path)
                        try Self.check(name, in: browser, language: language)
                    }
                    let complaints = try browser.complaints()
                    #expect(complaints == [], "\(language)")
                }
            }
        }

        private static func check(_ name: String, in browser: Browser, language: String) throws {
            let place = Comment(rawValue: "\(name), \(language)")
            #expect(try browser.evaluate("return document.documentElement.lang").string == language, place)
            #expect(try browser.all("main .problem").isEmpty, place)
            #expect(try browser.accessibilityFindings() == [], place)
            #expect(try browser.overflow() == 0, place)
            if language == "zh-CN" { #expect(try browser.keyboardFindings() == [], place) }
            try browser.setWindow(width: 390, height: 844)
            #expect(try browser.overflow() == 0, "\(place), on a phone")
            #expect(try browser.accessibilityFindings() == [], "\(place), on a phone")
            try browser.setWindow(width: 1366, height: 768)
        }

        /// Nothing needs the script: a conflict is decided and a case goes on without it.
        @Test func theMainActsWorkWithoutScripts() async throws {
            try await onThread {
                let town = try DeskTown()
                try town.account("li", "李敏")
                let (home, member) = try town.family("001", "张三", idNumber: "11010519491231002X", "labour_ability=完全")
                try town.meet()
                try town.differ(member, ["labour_ability=部分"], ["labour_ability=丧失"])
                let made = try town.a.run("apply", home, "dibao", "--signer", "张三", "--member", member)
                let application = try #require(made.json["id"].string, "\(made.text)")
                try town.a.sync()
                let browser = try Browser.open()
                try browser.setScripts(false)
                try town.signIn("li", in: browser)
                try browser.leave { try browser.click("#card-conflicts") }
                try browser.leave { try browser.click("main td a[href^='/conflicts/']") }
                try browser.click("#take-mine")
                try browser.type("查过残疾证", into: "#f-reason")
                try browser.leave { try browser.click("form:has(#take-mine) button") }
                #expect(try browser.text(".done").contains("已办妥"))
                #expect(
                    try town.server.command("show", member).json["fields"]["labour_ability"].string == "丧失")
                try browser.go(town.server.url + "/cases/\(application)")
                try browser.leave { try browser.click("#steps form:has(input[value='authorise']) button") }
                #expect(try browser.text(".done").contains("已办妥"))
                #expect(try town.desk("case", "show", application)["status"].string == "authorised")
            }
        }
    }
}
