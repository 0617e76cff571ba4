import BrowserDriver
import Foundation
import ProgramRunner
import Testing

extension BrowserTests {
    /// A case from the counter until it takes effect, by two people in two windows.
    @Suite struct CaseDayTests {
        @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
        func aCaseGoesFromTheCounterToItsEffectAndANoticeIsPrinted() async throws {
            try await onThread { try CaseDay().run() }
        }
    }
}

/// The steps of that day.
private final class CaseDay {
    let town: DeskTown
    let home: String
    let clerk: Browser
    var path = ""

    init() throws {
        town = try DeskTown(clock: "@2026-11-20 09:00:00")
        try town.account("li", "李敏")
        try town.account("chen", "陈主任", role: "leader")
        try town.account("zhao", "赵镇长", role: "leader")
        (home, _) = try town.family("001", "张三", idNumber: "11010519491231002X")
        try town.meet()
        clerk = try town.window("li")
    }

    func run() throws {
        try takeIn()
        try prepare()
        try decideAndSign()
        try publish()
        try print()
        try takeEffect()
        try pay()
        #expect(try clerk.complaints() == [])
        #expect(try town.desk("audit", "verify").keys.isEmpty == false)
    }

    private func takeIn() throws {
        try clerk.type("张三", into: "#find")
        try clerk.leave { try clerk.press(.enter) }
        try clerk.leave { try clerk.click("a[href^='/cases/new?']") }
        try clerk.select("dibao", in: "#f-programme")
        _ = try clerk.evaluate("document.querySelector('#f-member').selectedIndex = 1")
        try clerk.type("因病", into: "#f-reason")
        try clerk.type("张三", into: "#f-signer")
        try clerk.leave { try clerk.click(text: "登记申请") }
        path = try #require(URL(string: try clerk.url)?.path)
        #expect(path.hasPrefix("/cases/"))
        #expect(try clerk.text(".clocks").contains("审核审批时限"))
    }

    /// Sends the form of a step.
    private func step(_ name: String, in browser: Browser, note: String = "") throws {
        if try browser.url.contains(path + "?") == false { try browser.go(town.server.url + path) }
        let form = "#steps form:has(input[value='\(name)'])"
        if !note.isEmpty { try browser.type(note, into: form + " input[name=reason]") }
        try browser.leave { try browser.click(form + " button") }
        #expect(try browser.text(".done").contains("已办妥"), "\(name)")
    }

    private func prepare() throws {
        try step("authorise", in: clerk)
        try step("prepare", in: clerk)
        #expect(try clerk.text("#steps").contains("现在不能办"))
        try clerk.leave { try clerk.click(text: "发起核对") }
        let file = try #require(try clerk.find("a[href*='/checks/']").attribute("href"))
        try town.answerCheck(try clerk.text(of: file))
        _ = try town.a.new("visit", "household=\(home)", "when=2026-11-20", "surveyors=李建国,王秀英")
        try town.a.sync()
        try clerk.go(town.server.url + path)
        try step("accept", in: clerk)
        try step("review", in: clerk)
    }

    /// Who wrote the decision does not sign it, and is told why; another leader signs, in a window of his own.
    private func decideAndSign() throws {
        let writer = try town.window("chen")
        try writer.go(town.server.url + path)
        try writer.click("#decide summary")
        try writer.select("approved", in: "#f-decide-result")
        try writer.click("#decide input[name=basis]")
        try writer.type("年收入低于标准", into: "#f-decide-opinion")
        try writer.leave { try writer.click(text: "填写决定") }
        #expect(try writer.text("#steps").contains("审批决定是您本人填写的，须由另一位负责人签批"))
        #expect(try writer.all("#steps form:has(input[value='approve'])").isEmpty)
        #expect(try writer.complaints() == [])
        try clerk.go(town.server.url + path)
        #expect(try clerk.all("#steps form:has(input[value='approve'])").isEmpty)
        let signer = try town.window("zhao")
        try step("approve", in: signer, note: "同意")
        #expect(try signer.text("#moves").contains("赵镇长(zhao)"))
        #expect(try signer.complaints() == [])
    }

    private func publish() throws {
        try clerk.go(town.server.url + path)
        try clerk.click("#issue summary")
        // The policy pack's number is for demonstration: on a board stands one that is answered.
        try clerk.type("0632-7712345", into: "#issue input[name=hotline]")
        try clerk.leave { try clerk.click("#issue button") }
        try step("publicise", in: clerk)
        try clerk.click("#notices article summary")
        try clerk.type("照片1", into: "#notices article input[name=posted_evidence]")
        try clerk.leave { try clerk.click("#notices article details button") }
    }

    /// The sheet is A4 by its own stylesheet: a browser that is not told prints US Letter.
    private func print() throws {
        try clerk.go(town.server.url + path + "/documents")
        try clerk.leave { try clerk.click("#public_notice form button") }
        try clerk.leave { try clerk.click(text: "打开并打印") }
        let sheet = try clerk.text("body")
        #expect(sheet.contains("370404101-GS-") && sheet.contains("公示"))
        let sheets = try clerk.pdf().sheets
        #expect(!sheets.isEmpty && sheets.allSatisfy { $0 == PDF.a4 }, "\(sheets)")
    }

    private func takeEffect() throws {
        _ = try town.a.new("bank_account", "household=\(home)", "kind=折", "number=6222020200112233", "holder=张三")
        try town.a.sync()
        try town.goOn(at: "@2026-12-08 09:00:00")
        try town.signIn("li", in: clerk)
        try step("take_effect", in: clerk)
        #expect(try clerk.text("main").contains("生效"))
        try step("pay", in: clerk)
        try clerk.go(town.server.url + "/ledger")
        #expect(try clerk.text("main table").contains("张三"))
    }

    /// The clerk freezes the month; the bank's file is for another person.
    private func pay() throws {
        let roll = town.server.url + "/money/roll/2026-12"
        try clerk.leave { try clerk.click("nav a[href='/money']") }
        try clerk.go(roll)
        try clerk.leave { try clerk.click(text: "计算应发") }
        try clerk.click("input[name=looked]")
        try clerk.leave { try clerk.click(text: "冻结 2026-12") }
        #expect(try clerk.text("#freeze").contains("616.00"))
        #expect(try clerk.all("form[action$='/payfile']").isEmpty)
        #expect(try clerk.text("#payfile").contains("由审核人或签批人导出"))
        #expect(try clerk.firstBytes(of: "/money/plan/2026-12/file?format=xlsx") == Array("PK\u{3}\u{4}".utf8))
        let leader = try town.window("zhao")
        try leader.go(roll)
        try leader.type("报送银行", into: "#payfile input[name=reason]")
        let file = try leader.fileOf(form: "form[action$='/payfile']")
        #expect(file.contains("616.00") && file.contains("6222020200112233"))
        #expect(try leader.complaints() == [])
    }
}
