import Foundation
import ProgramRunner
import Testing

/// The registers with the built programs: villages write offline, the township lists, checks and closes (R4–R9, R23,
/// R48–R62, R67, R68).
@Suite struct RegisterTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private static let village = "370404101201"
    private static let other = "370404101202"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: Self.village, staff: "王秀英")
    }

    private func desk(_ kind: String, _ fields: String...) throws -> String {
        let made = try server.program.run(["new", kind, "--json"] + fields)
        #expect(made.code == 0, "\(kind): \(made.text) \(made.errors)")
        return made.json["id"].string ?? ""
    }

    private func register(_ arguments: String...) throws -> JSON {
        let listed = try server.program.run(["register"] + arguments + ["--json"])
        #expect(listed.code == 0, "\(listed.text) \(listed.errors)")
        return listed.json
    }

    private func refusal(_ arguments: String..., code: Int = 2031) throws -> String {
        let outcome = try server.program.run(arguments + ["--json"])
        #expect(outcome.code == 65 && outcome.json["error"]["code"].int == code, "\(arguments) \(outcome.text)")
        return outcome.json["error"]["message"].string ?? ""
    }

    private func expectAgreement() throws {
        let synced = try station.sync()
        let theirs = try server.command("status").json["scopes"].array.first { $0["scope"].string == Self.village }
        #expect(theirs?["digest"].string == synced["digest"].string)
        #expect(try server.command("audit", "verify").code == 0)
    }

    @Test func aVillageWritesPublicityOfflineAndTheTownshipCountsIt() throws {
        _ = try server.station("b", village: Self.other, staff: "李四")
        server.stop()
        let photo = folder.url.appending(path: "board.jpg").path
        try Data([0xFF, 0xD8, 0xFF, 0xE0, 1]).write(to: URL(filePath: photo))
        let id = try station.new("publicity", "channel=board", "on=2026-11-02", "topic=低保政策上墙")
        #expect(try station.run("attach", id, photo, "--kind", "photo").code == 0)
        _ = try station.new("publicity", "channel=leaflet", "on=2026-11-09", "topic=明白纸入户", "copies=120", "persons=120")
        try server.start()
        try station.sync()
        _ = try desk("publicity", "channel=website", "on=2026-11-10", "topic=十月低保名单", "content=张某 370404********0010")
        let listed = try register("publicity")
        #expect(listed["rules"].strings == ["R23", "R59", "R67"] && listed["count"].int == 3)
        #expect(listed["entries"].array.map { $0["village"].string } == [Self.village, Self.village, nil])
        let counts = listed["summary"]["villages"].array
        #expect(counts.map { $0["village"].string } == [Self.village, Self.other])
        #expect(counts.map { $0["times"].int } == [2, 0] && counts[0]["copies"].int == 120)
        #expect(try register("publicity", "--from", "2026-11-03", "--to", "2026-11-09")["count"].int == 1)
        #expect(try register("publicity", "--village", Self.other)["count"].int == 0)
        // A file is evidence. The second entry has none: asked for, not refused.
        #expect(listed["entries"][0]["files"].int == 1 && listed["entries"][0]["findings"].array.isEmpty)
        #expect(listed["entries"][1]["findings"][0]["field"].string == "evidence")
        let leak = try station.run("new", "publicity", "topic=张三 440524188001010014")
        #expect(leak.code == 65 && leak.json["error"]["message"].string?.contains("R59") == true)
        try expectAgreement()
    }

    @Test func aComplaintIsTakenDownInAVillageAndClosedAtTheTownshipOnly() throws {
        server.stop()
        let id = try station.new("complaint", "received_on=2026-11-02", "via=visit", "about=协理员", "text=名单没有张贴")
        try server.start()
        try station.sync()
        #expect(try station.run("edit", id, "closed_on=2026-11-03").json["error"]["code"].int == 2007)
        #expect(try station.run("delete", id, "--reason", "不要").json["error"]["code"].int == 2006)
        #expect(try server.command("edit", id, "due=2026-11-10").code == 0)
        let entry = try register("complaint")["entries"][0]
        #expect(entry["state"].string == "overdue" && (entry["daysLate"].int ?? 0) > 0)
        #expect(entry["village"].string == Self.village)
        #expect(try refusal("edit", id, "closed_on=2026-11-12", "outcome=已补张贴").contains("R58"))
        #expect(try server.command("edit", id, "closed_on=2026-11-12", "outcome=已补张贴", "handled_by=李").code == 0)
        let closed = try register("complaint")
        #expect(closed["entries"][0]["state"].string == "done_late" && closed["entries"][0]["daysLate"].int == 2)
        #expect(closed["summary"]["states"]["done_late"].int == 1)
        // One that is about a village and came to the township stays there.
        let hotline = try desk(
            "complaint", "received_on=2026-11-03", "via=hotline", "village=\(Self.village)", "text=吃拿卡要")
        try expectAgreement()
        #expect(try station.run("show", hotline).code == 65)
    }

    @Test func anEnquiryClosedWithoutAnAnswerComesBackWithItsRule() throws {
        let id = try station.new("enquiry", "asked_on=2026-11-02", "by=赵某", "question=残疾补贴怎么申请")
        try station.sync()
        #expect(try station.run("edit", id, "answered_on=2026-11-03").code == 0)
        try station.sync()
        let refused = try station.run("refused").json["sets"].array
        #expect(refused.count == 1 && refused[0]["code"].int == 2031)
        #expect(refused[0]["reason"].string?.contains("R68") == true)
        #expect(try register("enquiry")["entries"][0]["state"].string == "open")
        let number = try #require(try station.run("refused").json["sets"][0]["number"].int)
        let amended = try station.run(
            "amend", "\(number)", "answered_on=2026-11-03", "answer=带残疾证到村工作站", "answered_by=王秀英")
        #expect(amended.code == 0, "\(amended.text)")
        try station.sync()
        #expect(try register("enquiry")["entries"][0]["state"].string == "done")
        try expectAgreement()
    }

    @Test func aProblemIsRaisedByAVillageAndTheReplyComesBack() throws {
        let id = try station.new(
            "escalation", "raised_by=王秀英", "raised_on=2026-11-02", "to=district", "question=外地户籍如何核对", "due=2026-11-06")
        try station.sync()
        #expect(try register("escalation")["entries"][0]["state"].string == "overdue")
        #expect(try refusal("edit", id, "replied_on=2026-11-05", "reply=由区里协查").contains("R9,"))
        #expect(
            try server.command("edit", id, "replied_on=2026-11-05", "reply=由区里协查", "replied_by=区民政").code == 0)
        #expect(try register("escalation")["entries"][0]["state"].string == "done")
        try station.sync()
        #expect(try station.show(id)["fields"]["reply"].string == "由区里协查")
        try expectAgreement()
    }

    @Test func statusShowsPeopleAndPlacesBeforeAndAfterTheyAreMended() throws {
        let before = try server.command("status").json["staffing"]
        #expect(before["fullTime"].int == 0 && before["fullTimeNeeded"].int == 5 && before["villages"].int == 1)
        #expect(before["withoutStation"].strings == [Self.village])
        #expect(before["withoutAssistant"].strings == [Self.village])
        #expect(before["findings"].strings.count == 3)
        for name in ["甲", "乙", "丙", "丁", "戊"] {
            _ = try desk("staff", "name=\(name)", "post=full_time", "active_from=2026-01-01")
        }
        let place = try desk("station", "village=\(Self.village)", "address=村委会", "opened=2026-01-01")
        let assistant = ["post=village_assistant", "village=\(Self.village)", "active_from=2026-01-01"]
        for name in ["己", "庚"] {
            #expect(try server.program.run(["new", "staff", "name=\(name)"] + assistant).code == 0)
        }
        let after = try server.command("status").json["staffing"]
        #expect(after["findings"].strings.isEmpty && after["fullTime"].int == 5, "\(after)")
        // A third assistant is told of where it is typed, and taken in.
        let third = try server.program.run(["new", "staff", "name=辛", "--json"] + assistant)
        #expect(third.code == 0 && third.errors.contains("R52"))
        let full = try server.command("status").json["staffing"]
        #expect(full["tooManyAssistants"][0]["active"].int == 3 && full["findings"].strings.count == 1)
        var chinese = server.program
        chinese.environment["LANG"] = "zh_CN.UTF-8"
        #expect(try chinese.run(["status"]).text.contains("有 3 名在岗协理员，最多 2 名（R52，实施意见三）"))
        // The village reads its own station, and no list of staff.
        try expectAgreement()
        #expect(try station.show(place)["fields"]["address"].string == "村委会")
        #expect(try station.run("list", "staff").json["count"].int == 0)
        #expect(try station.run("new", "staff", "name=壬").json["error"]["code"].int == 2007)
    }

    @Test func statusTellsOfAPolicyThatHasEnded() throws {
        #expect(try server.command("status").json["policy"].strings.count == 1)
    }

    @Test func stipendsTrainingsAndGuidanceAreListedWithWhatTheyComeTo() throws {
        let person = try desk(
            "staff", "name=甲", "post=village_assistant", "village=\(Self.village)", "active_from=2026-01-01")
        _ = try desk("staff", "name=乙", "post=full_time", "active_from=2026-01-01")
        let fields = ["staff=\(person)", "month=2026-10", "amount_fen=30000", "paid_on=2026-11-02"]
        #expect(try server.program.run(["new", "stipend"] + fields).code == 0)
        let twice = try server.program.run(["new", "stipend"] + fields)
        #expect(twice.code == 0 && twice.errors.contains("2 stipends"))
        let stipends = try register("stipend")
        #expect(stipends["summary"]["amountFen"].int == 60_000)
        #expect(stipends["entries"][0]["name"].string == "甲")
        #expect(stipends["entries"].array.allSatisfy { $0["findings"][0]["field"].string == "month" })
        #expect(try refusal("new", "stipend", "month=2026-10", code: 2012) != "")
        _ = try desk("training", "held_on=2026-11-05", "topic=核对流程", "trainer=丙", "attendees=甲,两委 丁")
        let session = try register("training")["entries"][0]
        #expect(session["attended"].int == 2 && session["staff"].int == 2 && session["absent"].strings == ["乙"])
        let advice = try desk(
            "guidance", "held_on=2026-11-05", "by=district", "place=镇政府", "topic=低保审核", "advice=补齐档案",
            "visited_by=区民政", "follow_up_by=2026-11-15")
        #expect(try register("guidance")["entries"][0]["state"].string == "overdue")
        #expect(try refusal("edit", advice, "followed_up_on=2026-11-16").contains("R56"))
        #expect(try server.command("edit", advice, "followed_up_on=2026-11-16", "follow_up=已补齐").code == 0)
        #expect(try register("guidance")["summary"]["states"]["done_late"].int == 1)
    }

    @Test func aFindingOfTheLedgersIsOpenUntilItIsPutRight() throws {
        let id = try desk(
            "finding", "source=ledger", "what=缺核对报告", "found_by=区民政", "found_on=2026-11-02", "rectify_by=2026-11-09")
        #expect(try register("finding")["entries"][0]["state"].string == "overdue")
        #expect(try refusal("edit", id, "closed_on=2026-11-08").contains("R7,"))
        #expect(try server.command("edit", id, "closed_on=2026-11-08", "rectified=已补", "closed_by=李").code == 0)
        #expect(try register("finding")["entries"][0]["state"].string == "done")
        let slip = try desk(
            "transfer_slip", "to=区医保局", "about=医疗救助", "sent_by=李", "sent_on=2026-11-02", "due=2026-11-12")
        #expect(try register("transfer_slip")["entries"][0]["state"].string == "overdue")
        #expect(try refusal("edit", slip, "replied_on=2026-11-12").contains("R50"))
        #expect(try server.command("edit", slip, "replied_on=2026-11-12", "reply=已办理").code == 0)
    }

    @Test func noDishonestyIsDecidedWithoutEvidenceAndAHearing() throws {
        let fields = ["name=张三丰", "id_number=440524188001010014", "behaviour=false_papers", "facts=伪造收入证明"]
        let id = try desk("dishonesty", fields[0], fields[1], fields[2], fields[3])
        let decision = [
            "decision=upheld", "decided_on=2026-11-20", "decided_by=赵", "expires_on=2027-11-20",
        ]
        func decide(_ more: String...) throws -> Program.Outcome {
            try server.program.run(["edit", id, "--json"] + decision + more)
        }
        let bare = try decide().json["error"]
        #expect(bare["code"].int == 2031)
        for part in ["R61", "evidence", "record of a hearing", "not heard"] {
            #expect(bare["message"].string?.contains(part) == true, "\(part)")
        }
        let late = try decide("evidence=证明复印件", "heard_on=2026-11-21", "hearing=本人承认")
        let message = late.json["error"]["message"].string ?? ""
        #expect(message.contains("not heard before") && !message.contains("evidence"), "\(late.text)")
        #expect(try decide("evidence=证明复印件", "heard_on=2026-11-18", "hearing=本人承认").code == 0)
        #expect(try register("dishonesty")["entries"][0]["state"].string == "in_force")
        // The proof of a decision that stands cannot be taken away.
        #expect(try refusal("edit", id, "evidence=").contains("R61"))
        #expect(try register("joint_sanctions")["count"].int == 0)
        #expect(try refusal("edit", id, "export_approved_by=钱").contains("R62"))
        #expect(try server.command("edit", id, "export_approved_by=钱", "export_approved_on=2026-11-21").code == 0)
        let exported = try register("joint_sanctions")["entries"][0]["fields"]
        #expect(exported["name"].string == "张**" && exported["id_number"].string == "4405**********0014")
        #expect(exported.keys == ["behaviour", "decided_on", "expires_on", "id_number", "name"])
    }

    @Test func aSampleIsReproducibleAndItsResultsAreKept() throws {
        for number in 1...8 { _ = try station.new("household", "number=00\(number)") }
        try station.sync()
        let first = try server.command("sample", "draw", "--count", "3", "--seed", "7").json
        #expect(first["population"].int == 8 && first["households"].array.count == 3)
        let again = try server.command("sample", "draw", "--count", "3", "--seed", "7").json
        #expect(again["known"].bool == true && again["id"].string == first["id"].string)
        let households = first["households"].array.compactMap { $0["household"].string }
        #expect(again["households"].array.compactMap { $0["household"].string } == households)
        // The larger one begins with the smaller.
        let half = try server.command("sample", "draw", "--share", "50", "--seed", "7").json
        #expect(half["households"].array.prefix(3).compactMap { $0["household"].string } == households)
        let run = try #require(first["id"].string)
        let result = ["sample", "result", run, households[0], "--result", "inconsistent", "--by", "赵"]
        #expect(try server.program.run(result + ["--note", "收入不符", "--json"]).code == 0)
        let drawn = try #require(
            try server.command("list", "sampled_household").json["records"].array.first {
                $0["fields"]["result"].isNull
            })
        let early = ["result=consistent", "checked_by=赵", "checked_on=2020-01-01"]
        #expect(
            try refusal("edit", try #require(drawn["id"].string), early[0], early[1], early[2]).contains("R57"))
        let runs = try register("sample_check")
        #expect(runs["count"].int == 2)
        let listed = runs["entries"].array.first { $0["id"].string == run }
        #expect(listed?["checked"].int == 1 && listed?["inconsistent"].int == 1)
        #expect(listed?["fields"]["population_sha256"].string == first["populationSha256"].string)
        let outside = half["households"].array.compactMap { $0["household"].string }.first { !households.contains($0) }
        #expect(
            try refusal(
                "sample", "result", run, try #require(outside), "--result", "absent", "--by", "赵", code: 2009) != "")
        // A household more is another population: another draw.
        _ = try station.new("household", "number=009")
        try station.sync()
        let later = try server.command("sample", "draw", "--count", "3", "--seed", "7").json
        #expect(later["known"].bool == false && later["populationSha256"].string != first["populationSha256"].string)
        #expect(try refusal("new", "sample_check", "seed=1", code: 2008).contains("sample draw"))
        // The village is not told.
        try expectAgreement()
        #expect(try station.run("list", "sampled_household").json["count"].int == 0)
    }

    @Test func aDrawOfTheLimitIsOneSet() throws {
        let documents = (1...501).map { "{\"number\": \"\($0)\"}" }.joined(separator: "\n")
        #expect(try station.run("new", "household", "-", input: documents).code == 0)
        try station.sync()
        let before = try server.command("status").json["seq"].int ?? 0
        let drawn = try server.command("sample", "draw", "--count", "500", "--seed", "7")
        #expect(drawn.json["drawn"].int == 500, "\(drawn.errors)")
        #expect(try server.command("status").json["seq"].int == before + 1)
        #expect(try register("sampled_household")["count"].int == 500)
        let more = try server.command("sample", "draw", "--count", "501", "--seed", "7")
        #expect(more.code == 65)
    }

    @Test func aSampleOfAProgrammeIsOfThoseWhoGetIt() throws {
        let household = try station.new("household", "number=001")
        #expect(try station.run("apply", household, "dibao", "--signer", "张三").code == 0)
        try station.sync()
        let outcome = try server.command("sample", "draw", "--count", "1", "--seed", "7", "--programme", "dibao")
        #expect(outcome.code == 65 && outcome.json["error"]["message"].string?.contains("There are 0") == true)
    }

    @Test func aRegisterIsReadInTheReadersLanguage() throws {
        _ = try station.new("publicity", "channel=board", "on=2026-11-02", "topic=低保政策上墙")
        try station.sync()
        var chinese = server.program
        chinese.environment["LANG"] = "zh_CN.UTF-8"
        let text = try chinese.run(["register", "publicity"]).text
        #expect(text.contains("政策宣传（R23、R59、R67）") && text.contains("公开栏") && text.contains("请补填“凭证”"))
        let all = try chinese.run(["register"]).text
        #expect(all.contains("joint_sanctions") && all.contains("联合惩戒推送名单"))
        #expect(try server.command("register").json["registers"].array.count == 16)
    }

    @Test(arguments: [
        (["register", "budget"], 2003), (["register", "staff", "--from", "2026-02-30"], 2003),
        (["register", "staff", "--village", "12"], 2025),
        (["sample", "draw", "--seed", "1"], 2003),
        (["sample", "draw", "--seed", "1", "--count", "1", "--share", "1"], 2003),
        (["sample", "draw", "--seed", "1", "--count", "1", "--programme", "x"], 2003),
        (["sample", "result", "x", "y", "--result", "absent", "--by", "a"], 2009),
        (["new", "station", "address=村委会"], 2003),
    ])
    func whatIsWrongIsToldWithItsCode(arguments: [String], code: Int) throws {
        _ = try refusal(arguments, code: code)
    }

    private func refusal(_ arguments: [String], code: Int) throws -> String {
        let outcome = try server.program.run(arguments + ["--json"])
        #expect(outcome.code == 65 && outcome.json["error"]["code"].int == code, "\(arguments) \(outcome.text)")
        return outcome.json["error"]["message"].string ?? ""
    }
}
