import Foundation
import ProgramRunner
import Testing

/// What the dry run of a roster tells about people who are on record already.
@Suite struct RosterPrivacyTests {
    private let desk: DeskVillage
    private let clerk: ConsoleBrowser

    init() throws {
        desk = try DeskVillage()
        clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
    }

    private static let json = ["Accept": "application/json"]

    private static let people = """
        records:
          - kind: member
            as: person
            key: [name]
            fields:
              name: "{姓名}"
              id_number: "{证件号}"
              disease: "{病种}"
        """

    /// What the page masked, its JSON told; and nobody could see who had looked.
    @Test func aPlanOfARosterMasksWhatPagesMaskAndIsKeptAsAView() throws {
        var clerk = clerk
        let (home, _) = try desk.family("001", "disease=尿毒症")
        let roster = "姓名,证件号,病种\n张三,440524188001010014,白血病\n"
        let plan = try clerk.post(
            "/imports/plan",
            ["form_token": try clerk.formToken(), "roster": roster, "mapping": Self.people], headers: Self.json)
        #expect(plan.status == 200 && plan.json["updated"].int == 1, "\(plan.text)")
        let fields = plan.json["changes"][0]["fields"].array
        #expect(Set(fields.compactMap { $0["field"].string }) == ["id_number", "disease"])
        for secret in ["11010519491231002X", "440524188001010014", "尿毒症", "白血病"] {
            #expect(!plan.text.contains(secret), "\(secret)")
        }
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader")
        let views = try leader.json("/households/\(home)/views")["views"].array
        #expect(views.contains { $0["account"].string == "li" && $0["page"].string == "import" }, "\(views)")
    }

    /// Reasons, and the free texts in forms, are masked as texts are.
    @Test func numbersInReasonsAndInFormsAreMasked() throws {
        var clerk = clerk
        let number = "440524188001010014"
        let (home, _) = try desk.family("003")
        _ = try desk.server.command("edit", home, "remarks=代领人 \(number)", "--reason", "证件 \(number) 已核")
        for path in ["/households/\(home)", "/households/\(home)/history", "/records/\(home)", "/records/\(home)/edit"]
        {
            let page = try clerk.get(path)
            #expect(page.status == 200 && !page.text.contains(number) && page.text.contains("4405"), "\(path)")
            #expect(try !clerk.get(path, headers: Self.json).text.contains(number), "\(path)")
        }
        let form = try clerk.get("/records/\(home)/edit")
        let kept = try clerk.submit(form, "/records/\(home)/edit", ["address": "二组", "reason": "搬家"])
        #expect(kept.status == 303, "\(kept.words)")
        let record = try desk.server.command("show", home).json
        #expect(record["fields"]["remarks"].string?.contains(number) == true, "left as it is: \(record)")
    }

    /// One clerk made case moves "by the leader", keys and payments.
    @Test func aRosterOfMoneyOrDecisionsIsRefused() throws {
        var clerk = clerk
        let seen = "\(try #require(try desk.server.command("status").json["seq"].int))"
        for kind in ["payment", "district_key", "case_move", "check_report", "disclosure", "dishonesty"] {
            let mapping = "records: [{kind: \(kind), fields: {by: '{x}'}}]"
            for path in ["/imports/plan", "/imports"] {
                let answer = try clerk.post(
                    path,
                    [
                        "form_token": try clerk.formToken(), "roster": "x\n1\n", "mapping": mapping, "reason": "导入名册",
                        "seen": seen,
                    ], headers: Self.json)
                #expect(answer.json["error"]["code"].int == 1007 && answer.text.contains(kind), "\(answer.text)")
            }
        }
    }

    /// The refusal of a plan that is no longer right says what changed, and says it masked.
    @Test func aRefusedRosterMasksWhatChangedMeanwhile() throws {
        var clerk = clerk
        let (_, member) = try desk.family("002")
        let fields: KeyValuePairs = [
            "form_token": try clerk.formToken(), "mapping": Self.people, "reason": "年度名册",
            "seen": "\(try #require(try desk.server.command("status").json["seq"].int))",
            "roster": "姓名,证件号,病种\n张三,11010519491231002X,白血病\n",
        ]
        let edited = try desk.server.command("edit", member, "id_number=440524188001010014", "--reason", "更正")
        #expect(edited.code == 0, "\(edited.text) \(edited.errors)")
        let refused = try clerk.post("/imports", fields, headers: Self.json)
        #expect(refused.status >= 400 && refused.text.contains("第 2 行"), "\(refused.text)")
        for secret in ["11010519491231002X", "440524188001010014"] { #expect(!refused.text.contains(secret)) }
    }
}
