import Foundation
import ProgramRunner
import Testing

/// What two people, or a station and the desk, come to when they have not seen each other.
@Suite struct MergeTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let a: VillageStation
    private let b: VillageStation
    private static let village = "370404101201"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        a = try server.station("a", village: Self.village, staff: "王秀英")
        b = try server.station("b", village: Self.village, staff: "李建国")
    }

    private func everywhere(_ ids: String...) throws {
        try a.sync()
        try b.sync()
        try a.sync()
    }

    private func conflicts() throws -> [JSON] { try server.command("conflicts").json["conflicts"].array }

    @Test func aDeathIsNeverTakenBackByAStation() throws {
        let household = try a.new("household", "number=1")
        let member = try a.new("member", "household=\(household)", "name=张三", "death_date=2026-11-01")
        try everywhere()
        #expect(try b.run("edit", member, "death_date=").code == 65)
        #expect(try b.show(member)["fields"]["death_date"].string == "2026-11-01")
    }

    @Test func twoDatesOfDeathAreForAPerson() throws {
        let household = try a.new("household", "number=1")
        let member = try a.new("member", "household=\(household)", "name=张三")
        try everywhere()
        _ = try a.run("edit", member, "death_date=2026-11-01")
        _ = try b.run("edit", member, "death_date=2026-11-02")
        try everywhere()
        #expect(try a.show(member)["fields"]["death_date"].string == "2026-11-01")
        #expect(try conflicts().first?["policy"].string == "mn")
    }

    @Test func aGroupStandsOrFallsTogether() throws {
        let household = try a.new("household", "number=1")
        let member = try a.new("member", "household=\(household)", "name=张三", "id_number=11010519491231002X")
        try everywhere()
        _ = try a.run("edit", member, "name=张三丰")
        _ = try b.run("edit", member, "id_number=440524188001010014")
        try everywhere()
        let fields = try b.show(member)["fields"]
        #expect(fields["name"].string == "张三丰")
        #expect(fields["id_number"].string == "11010519491231002X")
        let conflict = try #require(try conflicts().first)
        #expect(conflict["field"].string == "name")
        #expect(conflict["theirs"].strings == ["张三丰", "11010519491231002X"])
        #expect(conflict["mine"].strings == ["张三", "440524188001010014"])
        let id = try #require(conflict["id"].string)
        for slip in ["min", "Mine", "their"] {
            let refused = try server.command("resolve", id, "--take", slip, "--reason", "手误")
            #expect(refused.code == 65)
            #expect(refused.json["error"]["message"].string?.contains("Did you mean --take") == true, "\(refused.text)")
        }
        // Said to be the value, it is one, and no list of two.
        let literal = try server.command("resolve", id, "--take", "mine", "--value", "--reason", "值")
        #expect(literal.code == 65 && literal.json["error"]["code"].int == 2003, "\(literal.text)")
        #expect(try conflicts().count == 1)
        #expect(
            try server.command("resolve", id, "--take", #"["张三丰","440524188001010014"]"#, "--reason", "核对").code == 0)
        // Another clerk, with the page from before, does not overrule it unknowingly.
        let late = try server.command("resolve", id, "--take", "theirs", "--reason", "未刷新")
        #expect(late.code == 65)
        #expect(late.json["error"]["code"].int == 2032)
        try everywhere()
        #expect(try a.show(member)["fields"]["id_number"].string == "440524188001010014")
        #expect(try conflicts().isEmpty)
    }

    @Test func anElementAddedStandsAgainstItsRemoval() throws {
        let household = try a.new("household", "number=1", "phones=13811111111")
        try everywhere()
        _ = try a.run("edit", household, "phones-=13811111111")
        _ = try b.run("edit", household, "phones+=13822222222")
        try everywhere()
        #expect(try b.show(household)["fields"]["phones"].strings == ["13822222222"])
        // Adding again after a removal that was seen is legal.
        _ = try b.run("edit", household, "phones+=13811111111")
        try everywhere()
        try everywhere()
        #expect(try a.show(household)["fields"]["phones"].strings == ["13811111111", "13822222222"])
        #expect(try conflicts().isEmpty)
    }

    @Test func anInformedEditClosesAConflictAsSuperseded() throws {
        let household = try a.new("household", "number=1", "address=旧")
        try everywhere()
        _ = try a.run("edit", household, "address=一")
        _ = try b.run("edit", household, "address=二")
        try everywhere()
        #expect(try conflicts().count == 1)
        _ = try a.run("edit", household, "address=三")
        try everywhere()
        #expect(try conflicts().isEmpty)
        let closed = try server.command("conflicts", "--all").json["conflicts"][0]
        #expect(closed["state"].string == "superseded")
        #expect(closed["standing"].string == "三")
        #expect(try b.run("conflicts").json["conflicts"].array.isEmpty)
    }

    @Test func aFurtherLoserReplacesMine() throws {
        let c = try server.station("c", village: Self.village, staff: "张桂兰")
        let household = try a.new("household", "number=1")
        let member = try a.new("member", "household=\(household)", "name=张三", "labour_ability=完全")
        try everywhere()
        try c.sync()
        _ = try a.run("edit", member, "labour_ability=部分")
        _ = try b.run("edit", member, "labour_ability=丧失")
        _ = try c.run("edit", member, "labour_ability=none")
        try a.sync()
        try b.sync()
        try c.sync()
        let all = try conflicts()
        #expect(all.count == 1)
        #expect(all[0]["base"].string == "完全")
        #expect(all[0]["mine"].string == "none")
        #expect(all[0]["theirs"].string == "部分")
        #expect(all[0]["authors"].strings == ["王秀英", "李建国", "张桂兰"])
    }

    @Test func anAmendedSetAppliesAndWhatWaitedForItFollows() throws {
        let household = try a.new("household", "number=1")
        let visit = try a.new("visit", "household=\(household)", "when=2026-11-20")
        try everywhere()
        _ = try a.run("edit", visit, "summary=甲")
        _ = try b.run("edit", visit, "summary=乙", "where=家中")
        try everywhere()
        let number = try #require(try b.run("refused").json["sets"][0]["number"].int)
        let amended = try b.run("amend", "\(number)", "summary=甲", "where=村委会")
        #expect(amended.code == 0, "\(amended.text) \(amended.errors)")
        try everywhere()
        try everywhere()
        #expect(try b.run("refused").json["sets"].array.isEmpty)
        #expect(try a.show(visit)["fields"]["where"].string == "村委会")
        let outcomes = try server.command("history", visit).json["entries"].array.compactMap { $0["outcome"].string }
        #expect(outcomes == ["applied", "applied", "quarantined", "applied"])
    }

    @Test func pendingEditsFollowAHouseholdThatMoved() throws {
        let other = try server.station("other", village: "370404101202", staff: "刘志强")
        let household = try a.new("household", "number=1", "address=一组")
        let member = try a.new("member", "household=\(household)", "name=张三")
        try everywhere()
        try other.sync()
        // a moves it away while b, who has not seen that, writes.
        _ = try a.run("edit", household, "village=370404101202")
        _ = try b.run("edit", member, "education=小学")
        try a.sync()
        let synced = try b.sync()
        #expect(synced["pushed"]["applied"].int == 1)
        try other.sync()
        #expect(try other.show(member)["fields"]["education"].string == "小学")
        #expect(try b.run("show", member).code == 65)
        #expect(try b.run("edit", household, "address=x").code == 65)
    }

    @Test func theDeskReversesADeletionsConflict() throws {
        let household = try a.new("household", "number=1")
        let member = try a.new("member", "household=\(household)", "name=张三")
        try everywhere()
        _ = try b.run("edit", member, "education=小学")
        _ = try a.run("delete", household, "--reason", "重复")
        try everywhere()
        try everywhere()
        let conflict = try #require(try conflicts().first)
        #expect(conflict["field"].string == "deleted")
        let id = try #require(conflict["id"].string)
        let resolved = try server.command(
            "resolve", id, "--take", conflict["mine"].bool == true ? "mine" : "theirs", "--reason", "确系重复")
        #expect(resolved.code == 0, "\(resolved.text) \(resolved.errors)")
        try everywhere()
        #expect(try b.show(household)["deleted"].bool == true)
        #expect(try b.show(member)["deleted"].bool == true)
        #expect(try b.run("list", "member").json["count"].int == 0)
    }

    /// A station's deletion by mistake, found when the rows of what was deleted are already collected.
    @Test func theTownshipBringsADeletedHouseholdBack() throws {
        let household = try a.new("household", "number=1")
        let member = try a.new("member", "household=\(household)", "name=张三")
        try everywhere()
        #expect(try server.command("undelete", household, "--reason", "误删").code == 65, "it is there")
        _ = try a.run("delete", household, "--reason", "重复")
        try everywhere()
        let night = try server.command("nightly", "--silent-days", "0").json
        #expect(night["collected"].int == 2)
        #expect(try server.command("undelete", member, "--reason", "").code == 65)
        let ahead = try server.command("undelete", member, "--reason", "误删", "--seen", "999")
        #expect(ahead.code != 0, "nobody has seen what is not there yet")
        let back = try server.command("undelete", member, "--reason", "误删，村里来电")
        #expect(back.code == 0, "\(back.text) \(back.errors)")
        #expect(back.json["kind"].string == "member")
        try everywhere()
        for station in [a, b] {
            #expect(try station.show(household)["fields"]["number"].string == "1")
            #expect(try station.show(member)["fields"]["name"].string == "张三")
            #expect(try station.run("edit", member, "education=小学").code == 0)
        }
        try everywhere()
        #expect(try server.command("audit", "verify").code == 0)
        #expect(try server.command("undelete", "0190abcd", "--reason", "误删").code == 65)
    }

    /// A photo belongs to a record of any kind: what it stands below is looked for among all of them.
    @Test func aHouseholdWithAPhotoIsDeletedAgainstAnUnseenEdit() throws {
        let household = try a.new("household", "number=1")
        let member = try a.new("member", "household=\(household)", "name=张三")
        let photo = folder.url.appending(path: "photo.jpg")
        try Data([0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]).write(to: photo)
        #expect(try a.run("attach", member, photo.path, "--kind", "photo").code == 0)
        try everywhere()
        _ = try b.run("edit", household, "address=x")
        try b.sync()
        _ = try a.run("delete", household, "--reason", "重复")
        try everywhere()
        #expect(try b.show(member)["deleted"].bool == false)
        #expect(try conflicts().count == 1)
        #expect(try server.command("audit", "verify").code == 0)
    }

    /// An income of another household's member: it goes with either, and is never below what is gone.
    @Test func whatHasTwoParentsStaysDeletedBelowEither() throws {
        let (first, second) = (try a.new("household", "number=1"), try a.new("household", "number=2"))
        let member = try a.new("member", "household=\(second)", "name=张三")
        let income = try a.new(
            "income_item", "household=\(second)", "member=\(member)", "type=10", "amount_fen=120000", "period=month",
            "from=2026-01-01")
        _ = try a.run("edit", member, "household=\(first)")
        try everywhere()
        _ = try a.run("delete", member, "--reason", "重复")
        _ = try a.run("delete", second, "--reason", "重复")
        try everywhere()
        #expect(try server.command("undelete", member, "--reason", "误删").code == 0)
        try everywhere()
        #expect(try b.show(member)["deleted"].bool == false)
        #expect(try b.show(income)["deleted"].bool == true, "its household is gone by an act of its own")
        #expect(try server.command("undelete", income, "--reason", "误删").code == 0)
        try everywhere()
        for record in [second, income] { #expect(try b.show(record)["deleted"].bool == false) }
    }

    /// Of one act either all stands or nothing: a member that stays keeps the income that was to go with it.
    @Test func whatWasToGoWithAMemberStaysWithIt() throws {
        let household = try a.new("household", "number=1")
        let member = try a.new("member", "household=\(household)", "name=张三")
        let income = try a.new(
            "income_item", "household=\(household)", "member=\(member)", "type=10", "amount_fen=120000", "period=month",
            "from=2026-01-01")
        try everywhere()
        _ = try b.run("edit", member, "education=小学")
        try b.sync()
        _ = try a.run("delete", member, "--reason", "重复")
        try everywhere()
        #expect(try b.show(member)["deleted"].bool == false)
        #expect(try b.show(income)["deleted"].bool == false)
        #expect(try conflicts().count == 1)
    }

    @Test func aSecondImportOfTheSameRosterDoublesNothing() throws {
        let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Examples")
        let lines = try String(contentsOf: examples.appending(path: "survey-households.csv"), encoding: .utf8)
            .split(whereSeparator: \.isNewline).prefix(21)
        let file = folder.url.appending(path: "roster.csv")
        try (lines.joined(separator: "\n") + "\nbad,row\n").write(to: file, atomically: true, encoding: .utf8)
        let map = examples.appending(path: "roster-map.yaml").path
        let first = try a.run("import", file.path, "--map", map)
        #expect(first.code == 0)
        #expect(first.json["rows"].int == 21)
        #expect(first.json["rejected"].array.count == 1)
        #expect(first.json["rejected"][0]["line"].int == 22)
        let second = try a.run("import", file.path, "--map", map)
        #expect(second.json["created"].int == 0)
        #expect(try a.run("list", "household").json["count"].int == 20)
        try a.sync()
        try b.sync()
        #expect(try b.run("list", "household").json["count"].int == 20)
    }
}
