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
        #expect(done.status == 303, "\(done.words)")
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

    @Test func aSheetWithoutTheHouseholdsNumberIsRefusedInWords() throws {
        var clerk = clerk
        let refused = try clerk.submit(
            try clerk.get("/imports"), "/imports/plan", ["roster": "姓名\n张三\n", "village": DeskVillage.village])
        #expect(refused.status == 400 && refused.words.contains("户编号"), "\(refused.status) \(refused.words)")
    }
}
