import Foundation
import ProgramRunner
import Testing

/// What the pages say of money is one thing: a line's state wherever it stands, and a plan to the fen (R11, R14).
@Suite(.enabled("needs the package faketime") { WrongClock.library != nil }) struct MoneyWordsTests {
    private let town: PaidTown
    private let total: Int
    private let line: String

    /// Frozen and handed to the bank.
    init() throws {
        town = try PaidTown()
        (total, line) = try town.freeze("2026-12")
        _ = try town.desk("export", "payfile", "2026-12", town.path("pay.csv"), "--batch", "1")
    }

    private func state(_ browser: inout ConsoleBrowser, _ word: String) throws -> [String] {
        let household = try #require(try town.desk("show", town.member)["fields"]["household"].string)
        return try ["/households/\(household)", "/records/\(line)", "/payments/\(line)/trace"].filter { path in
            let words = try browser.get(path).words
            return !words.contains(word)
        }
    }

    @Test func everyPageSaysWhatBecameOfALine() throws {
        var clerk = try ConsoleBrowser.signedIn(town.server, "li", role: "clerk", fullName: "LI")
        #expect(try state(&clerk, "待发放").isEmpty)
        _ = try town.desk("payments", "paid", "2026-12", "--batch", "1", "--on", "2026-12-08")
        #expect(try state(&clerk, "已发放").isEmpty)
        let paid = try clerk.get("/money/paid/2026-12")
        #expect(paid.text.contains("aria-current=\"page\" href=\"/money/paid") || paid.text.contains("aria-current"))
        #expect(!paid.actions.contains("/money/paid/2026-12"), "all of it is paid")
        _ = try town.desk("payments", "return", line, "--code", "账户冻结", "--author", "wang")
        #expect(try state(&clerk, "已退回").isEmpty)
    }

    @Test func theTraceTellsWhoFrozeHandedInAndSigned() throws {
        var clerk = try ConsoleBrowser.signedIn(town.server, "li", role: "clerk", fullName: "LI")
        _ = try town.desk("payments", "paid", "2026-12", "--batch", "1", "--on", "2026-12-08", "--author", "王芳")
        let page = try clerk.get("/payments/\(line)/trace")
        for word in ["冻结", "导出发放文件", "登记已发放", "王芳", "签批"] { #expect(page.words.contains(word), "\(word)") }
        #expect(page.links.contains("/money/roll/2026-12"))
    }

    @Test func thePlanOfTwoBatchesCountsWhatCameBackApart() throws {
        _ = try town.desk("payments", "return", line, "--code", "账户冻结", "--author", "wang")
        _ = try town.desk("payments", "again", line, "--reason", "银行已解冻", "--author", "chen")
        #expect(try town.freeze("2026-12").fen == total)
        var clerk = try ConsoleBrowser.signedIn(town.server, "li", role: "clerk", fullName: "LI")
        let page = try clerk.get("/money/plan/2026-12")
        #expect(page.words.contains("不要再向区财政申请一次") && !page.words.contains(town.yuan(2 * total)))
        let file = try clerk.get("/money/plan/2026-12/file?format=csv&batch=2")
        #expect(file.text.contains(town.yuan(total)) && file.text.contains("最低生活保障"), "\(file.text)")
        #expect(!file.text.contains("dibao"))
        // Of batches and files only what belongs together.
        let first = try town.desk("list", "pay_file")["records"][0]["id"].string ?? ""
        let other = try town.refusal(
            "payments", "paid", "2026-12", "--batch", "2", "--on", "2026-12-08", "--file", first)
        #expect(other.contains("R14"))
    }

    @Test func theRollListsWhoIsPaid() throws {
        var clerk = try ConsoleBrowser.signedIn(town.server, "li", role: "clerk", fullName: "LI")
        let frozen = try clerk.get("/money/roll/2026-12")
        #expect(frozen.words.contains("张三") && frozen.links.contains("/payments/\(line)/trace"))
        #expect(!frozen.text.contains("6222020200112230"))
        let due = try clerk.get("/money/roll/2027-01?compute=yes")
        #expect(due.words.contains("名单，共 1 笔") && due.words.contains("已核对名单"))
        #expect(!due.text.contains("6222020200112230"))
    }
}
