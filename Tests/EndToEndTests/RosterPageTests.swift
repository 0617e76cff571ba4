import Foundation
import ProgramRunner
import Testing

/// A clerk takes in a roster in the browser, without having to write a mapping.
@Suite struct RosterPageTests {
    private let desk: DeskVillage
    private let clerk: ConsoleBrowser

    init() throws {
        desk = try DeskVillage()
        clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
    }

    private static let roster = "户编号,住址,户主,身份证号,序号\n001,一组12号,张三,11010519491231002X,1\n002,二组3号,李四,,2\n"

    @Test func theColumnsAreUnderstoodAndThePlanSaysAsWhat() throws {
        var clerk = clerk
        let page = try clerk.get("/imports")
        let plan = try clerk.submit(
            page, "/imports/plan", ["roster": Self.roster, "village": DeskVillage.village])
        #expect(plan.status == 200, "\(plan.words)")
        for said in ["共 2 行", "住户 2", "家庭成员 2", "没有用到的列：序号", "还没有写入"] {
            #expect(plan.words.contains(said), "\(said): \(plan.words)")
        }
        let done = try clerk.submit(plan, "/imports", ["reason": "年度名册"])
        #expect(done.status == 200 && done.words.contains("已导入") && done.words.contains("住户 2"), "\(done.words)")
        let homes = try desk.server.command("list", "household").json["records"].array
        #expect(Set(homes.compactMap { $0["fields"]["address"].string }) == ["一组12号", "二组3号"])
        let again = try clerk.submit(
            try clerk.get("/imports"), "/imports/plan",
            ["roster": Self.roster.replacing("二组3号", with: "二组4号"), "village": DeskVillage.village])
        #expect(again.words.contains("改动 1 条") && again.words.contains("不变 1 行"), "\(again.words)")
    }

    @Test func aRejectedRowIsSaidInWords() throws {
        var clerk = clerk
        let plan = try clerk.submit(
            try clerk.get("/imports"), "/imports/plan",
            ["roster": "户编号,电话\n001,1351234\n", "village": DeskVillage.village])
        #expect(plan.words.contains("住户 电话") && !plan.words.contains("household.phones"), "\(plan.words)")
    }

    /// Rejected rows are what is left to do: the rest was taken in.
    @Test func theRejectedRowsStayToBeCorrected() throws {
        var clerk = clerk
        let roster = "户编号,住址,电话\n001,\"一组\n12号\",\n,\"二组\n3号\",\n003,三组,12\n004,四组,\n"
        let none = try clerk.submit(try clerk.get("/imports"), "/imports/plan", ["roster": roster])
        #expect(none.words.contains("新建 0 条") && none.words.contains("请选择村居"), "\(none.words)")
        #expect(!none.words.contains("--village") && !none.words.contains("映射里"), "\(none.words)")
        let plan = try clerk.submit(none, "/imports/plan", ["village": DeskVillage.village])
        #expect(plan.words.contains("住户 2") && plan.words.contains("缺户编号，没有导入"), "\(plan.words)")
        let done = try clerk.submit(plan, "/imports", ["reason": "年度名册"])
        let left = try #require(done.forms.first { $0.action == "/imports/plan" }).fields
        #expect(
            left.first { $0.0 == "roster" }?.1 == "户编号,住址,电话\n,\"二组\n3号\",\n003,三组,12\n", "\(left)")
        #expect(left.contains { $0 == ("village", DeskVillage.village) }, "\(left)")
        #expect(try desk.server.command("list", "household").json["records"].array.count == 2)
    }

    @Test func aPersonWhoIsOnRecordIsSaidBeforeAndFoundAtOnce() throws {
        var clerk = clerk
        let plan = try clerk.submit(
            try clerk.get("/imports"), "/imports/plan",
            ["roster": Self.roster, "village": DeskVillage.village])
        #expect(!plan.words.contains("请核对的行"), "\(plan.words)")
        _ = try clerk.submit(plan, "/imports", ["reason": "年度名册"])
        let again = try clerk.submit(
            try clerk.get("/imports"), "/imports/plan",
            ["roster": Self.roster.replacing("001", with: "201"), "village": DeskVillage.village])
        #expect(again.words.contains("身份证号已登记：001 张三"), "\(again.words)")
        let done = try clerk.submit(again, "/imports", ["reason": "年度名册"])
        #expect(done.links.contains("/duplicates"), "\(done.words)")
        #expect(try desk.server.command("duplicates").json["count"].int == 1)
    }

    @Test func aSheetWithoutTheHouseholdsNumberIsRefusedInWords() throws {
        var clerk = clerk
        let refused = try clerk.submit(
            try clerk.get("/imports"), "/imports/plan", ["roster": "姓名\n张三\n", "village": DeskVillage.village])
        #expect(refused.status == 400 && refused.words.contains("户编号"), "\(refused.status) \(refused.words)")
    }
}
