import Foundation
import ProgramRunner
import Testing

/// Where money goes is never one person's doing: who changed an account does not freeze the roll that pays to it, and who
/// freezes has the changed accounts before the eyes (R12, R14).
@Suite(.enabled("needs the package faketime") { WrongClock.library != nil }) struct AccountReviewTests {
    private let town: PaidTown
    private let account: String
    private static let number = "6222020200112222"

    init() throws {
        town = try PaidTown()
        account = try #require(try town.desk("list", "bank_account")["records"][0]["id"].string)
    }

    private func change(_ number: String = number, by author: String = "李建国") throws {
        _ = try town.desk("edit", account, "number=\(number)", "--author", author, "--reason", "本人换卡")
    }

    private func freeze(_ month: String, by author: String) throws -> JSON {
        try town.server.command("roll", "freeze", month, "--author", author).json
    }

    private func expectFrozenByAnother(_ month: String, than author: String) throws -> JSON {
        let alone = try freeze(month, by: author)["error"]
        #expect(alone["code"].int == 2063, "\(alone)")
        #expect(alone["message"].string?.contains("001") == true, "it names the household: \(alone)")
        let frozen = try freeze(month, by: "陈敏")
        #expect(frozen["lines"].int == 1)
        return frozen
    }

    @Test func whoChangedAnAccountDoesNotFreezeTheRollThatPaysToIt() throws {
        _ = try town.freeze("2026-12")
        try change()
        let shown = try town.desk("roll", "show", "2027-01")["changedAccounts"]
        #expect(shown.array.count == 1 && shown[0]["fields"].strings == ["number"])
        #expect(shown[0]["before"].string == "************2230" && shown[0]["after"].string == "************2222")
        let made = shown[0]["changes"]
        #expect(made.array.count == 1 && made[0]["by"].string == "李建国" && made[0]["from"].string == "desk")
        #expect(made[0]["reason"].string == "本人换卡")
        // Somebody else touches the account afterwards: it is still his change.
        _ = try town.desk("edit", account, "bank=农商银行", "--author", "周敏")
        let frozen = try expectFrozenByAnother("2027-01", than: " 李建国 ")
        #expect(frozen["changedAccounts"][0]["changes"].array.count == 2)
    }

    @Test func anAccountThatSomebodyElseHasSeenIsNoChangeAnyMore() throws {
        try change()
        _ = try freeze("2026-12", by: "陈敏")
        #expect(try town.desk("roll", "show", "2027-01")["changedAccounts"].array.isEmpty)
        #expect(try freeze("2027-01", by: "李建国")["lines"].int == 1)
    }

    /// Nor before the first payment: what a station recorded and the desk made another.
    @Test func anAccountThatWasChangedBeforeTheFirstPaymentIsSeenByAnother() throws {
        #expect(try town.desk("roll", "show", "2026-12")["changedAccounts"].array.isEmpty)
        try change()
        let frozen = try expectFrozenByAnother("2026-12", than: "李建国")
        #expect(frozen["changedAccounts"][0]["before"].string == "************2230")
    }

    @Test func anAccountInPlaceOfAnotherIsAChangeToo() throws {
        _ = try town.freeze("2026-12")
        let household = try #require(try town.desk("show", account)["fields"]["household"].string)
        _ = try town.desk("edit", account, "number=", "--author", "李建国", "--reason", "停用")
        _ = try town.desk(
            "new", "bank_account", "household=\(household)", "kind=卡", "number=\(Self.number)", "holder=张三",
            "--author", "李建国")
        _ = try expectFrozenByAnother("2027-01", than: "李建国")
    }

    private static let lee = ["--author", "李建国", "--reason", "更正"]

    /// Of a household that was never paid too: the station's account gives way to one of the desk.
    @Test(arguments: [["number="], ["household"], []])
    func anAccountThatTheDeskAddedBeforeTheFirstPaymentIsSeenByAnother(_ away: [String]) throws {
        let household = try #require(try town.desk("show", account)["fields"]["household"].string)
        if away == ["household"] {
            let other = try town.desk("new", "household", "village=370404101201", "number=009", "--author", "周敏")
            let id = try #require(other["id"].string)
            _ = try town.desk(["edit", account, "household=\(id)"] + Self.lee)
        } else if !away.isEmpty {
            _ = try town.desk(["edit", account] + away + Self.lee)
        }
        // The payee's own account wins over the household's.
        _ = try town.desk(
            ["new", "bank_account", "household=\(household)", "kind=卡", "number=\(Self.number)", "holder=李某"]
                + (away.isEmpty ? ["member=\(town.member)"] : []) + Self.lee)
        let frozen = try expectFrozenByAnother("2026-12", than: "李建国")
        let shown = frozen["changedAccounts"][0]
        #expect(shown["changes"].array.contains { $0["act"].string == "added" && $0["by"].string == "李建国" })
        #expect(shown["ofAnother"].bool == true)
    }

    /// An innocent account of a station wins because somebody took the other away, or gave it to the payee.
    @Test(arguments: ["clear", "move", "point"])
    func whoMakesAnotherAccountWinHasChangedIt(_ way: String) throws {
        let household = try #require(try town.desk("show", account)["fields"]["household"].string)
        let second = try town.station.new("member", "household=\(household)", "name=张小")
        let other = try town.station.new("household", "number=009", "address=二组")
        _ = try town.freeze("2026-12")
        let prepared = try town.station.new(
            "bank_account", "household=\(household)", "kind=卡", "number=\(Self.number)", "holder=张小",
            way == "point" ? "member=\(second)" : "bank=农商银行")
        try town.station.sync()
        switch way {
        case "clear": _ = try town.desk(["edit", account, "number="] + Self.lee)
        case "move": _ = try town.desk(["edit", account, "household=\(other)"] + Self.lee)
        default: _ = try town.desk(["edit", prepared, "member=\(town.member)"] + Self.lee)
        }
        let frozen = try expectFrozenByAnother("2027-01", than: "李建国")
        let authors = frozen["changedAccounts"][0]["changes"].array.compactMap { $0["by"].string }
        #expect(authors.contains("李建国"), "\(authors)")
    }

    /// A return is settled by two: one corrects the account, another freezes what is paid there.
    @Test func whoCorrectsAnAccountAfterAReturnDoesNotPayItAgainAlone() throws {
        let (_, line) = try town.freeze("2026-12")
        _ = try town.desk("export", "payfile", "2026-12", town.path("pay.csv"))
        _ = try town.desk("payments", "paid", "2026-12", "--on", "2026-12-08")
        _ = try town.desk("payments", "return", line, "--code", "账户冻结")
        try change()
        // There and back again: what is released is not what he touched.
        let again = try town.server.command("payments", "again", line, "--reason", "已核实", "--author", "李建国")
        #expect(again.json["error"]["code"].int == 2063, "\(again.text)")
        _ = try expectFrozenByAnother("2026-12", than: "李建国")
    }

    /// Which of several accounts is paid, and whose an account is, is said where it is corrected.
    @Test func aHouseholdWithTwoAccountsIsToldHowToChoose() throws {
        let household = try #require(try town.desk("show", account)["fields"]["household"].string)
        let second = try town.station.new(
            "bank_account", "household=\(household)", "kind=卡", "number=\(Self.number)", "holder=李某")
        try town.station.sync()
        var clerk = try ConsoleBrowser.signedIn(town.server, "wangfang", role: "clerk", fullName: "王芳")
        let roll = try clerk.get("/money/roll/2026-12?compute=yes")
        #expect(roll.words.contains("把不用的账户的账号清空") && roll.text.contains("/households/\(household)"))
        let home = try clerk.get("/households/\(household)")
        #expect(home.words.contains("账户不止一个") && home.words.contains("户名不是本户成员"))
        #expect(try clerk.get("/records/\(second)").words.contains("户名不是本户成员"))
        #expect(!(try clerk.get("/records/\(account)").words.contains("户名不是本户成员")))
    }

    @Test func thePageListsWhatChangedBeforeTheFreezeAndWithThePayFile() throws {
        _ = try town.freeze("2026-12")
        try change(by: "WANGFANG(wangfang)")
        func person(_ name: String, _ role: String) throws -> ConsoleBrowser {
            try ConsoleBrowser.signedIn(town.server, name, role: role, fullName: name.uppercased())
        }
        var maker = try person("wangfang", "clerk")
        var other = try person("lihua", "leader")
        let (page, action) = ("/money/roll/2027-01", "/money/roll/2027-01/freeze")
        #expect(!(try other.get(page).actions.contains(action)), "nobody freezes what was not looked at")
        let own = try maker.get(page + "?compute=yes")
        #expect(!own.actions.contains(action) && own.words.contains("账户是您改的"), "\(own.words)")
        let due = try other.get(page + "?compute=yes")
        for words in ["换过账户的 1 户", "************2230", "************2222", "WANGFANG(wangfang)", "镇街", "本人换卡"] {
            #expect(due.words.contains(words), "\(words): \(due.words)")
        }
        #expect(!due.words.contains(Self.number))
        // Only what was worked out and looked at is frozen.
        for computed in ["", String(repeating: "0", count: 64)] {
            let unseen = try other.submit(due, action, ["computed": computed], headers: ["Accept": "application/json"])
            #expect(unseen.json["error"]["code"].int == 2064, "\(unseen.text)")
        }
        // What was changed after the page was looked at was seen by nobody.
        try change("6222020200112248", by: "周敏")
        let blind = try other.submit(due, action, headers: ["Accept": "application/json"])
        #expect(blind.json["error"]["code"].int == 2064, "\(blind.text)")
        try change(by: "周敏")
        #expect(try other.submit(try other.get(page + "?compute=yes"), action).status == 303)
        var reviewer = try person("chenmin", "reviewer")
        let frozen = try reviewer.get(page)
        #expect(frozen.words.contains("第 1 批：换过账户的 1 户") && frozen.words.contains("************2222"))
        let batch = try reviewer.json(page)["batches"][0]
        #expect(batch["changedAccounts"][0]["changes"][0]["by"].string == "WANGFANG(wangfang)")
    }
}
