import Foundation
import ProgramRunner
import Testing

/// Collisions 2 and 9: a case that is posted or paid, and news from the village. The notice's days pass at the township.
extension CollisionTests {
    private func desk(_ kind: String, _ fields: String...) throws -> String {
        let made = try server.program.run(["new", kind, "--json"] + fields)
        #expect(made.code == 0, "\(kind): \(made.text) \(made.errors)")
        return made.json["id"].string ?? ""
    }

    private func move(_ id: String, _ steps: String...) throws {
        for step in steps {
            let moved = try server.program.run(["case", "move", id, step, "--role", "leader", "--json"])
            #expect(moved.code == 0, "\(step): \(moved.text) \(moved.errors)")
        }
    }

    /// - Returns: what it grants, in fen.
    @discardableResult private func decide(_ id: String, _ result: String) throws -> Int {
        let made = try server.command(
            "case", "decide", id, result, "--basis", "年收入低于标准", "--signatory", "李", "--signatory", "王")
        #expect(made.code == 0, "\(made.text) \(made.errors)")
        return made.json["amountFen"].int ?? 0
    }

    private func refusal(_ arguments: String...) throws -> String {
        let outcome = try server.program.run(arguments + ["--json"])
        #expect(outcome.code == 65 && outcome.json["error"]["code"].int == 2031, "\(arguments) \(outcome.text)")
        return outcome.json["error"]["message"].string ?? ""
    }

    /// A case whose result hangs in the village since today.
    private func publicised(_ programme: String = "dibao") throws -> (id: String, from: String) {
        let made = try a.run(
            "apply", household, programme, "--signer", "张三", "--reason", "因病", "--member", member)
        let id = try #require(made.json["id"].string)
        _ = try a.new("visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        _ = try a.new("bank_account", "household=\(household)", "kind=折", "number=6222020200112233")
        try everywhere()
        try move(id, "authorise", "prepare")
        let files = ["requests", "reports"].map { folder.url.appending(path: $0).path }
        #expect(try server.command("check", "request", files[0]).code == 0)
        #expect(try server.command("check", "simulate", files[0], files[1]).code == 0)
        #expect(try server.command("check", "import", files[1]).json["imported"].int == 1)
        try move(id, "accept", "review")
        if programme == "tekun" { try move(id, "assess_ability") }
        try decide(id, "approved")
        try move(id, "approve")
        let notice = try server.program.run([
            "notice", id, "publicity", "--place", "村委会公开栏", "--hotline", "0632-7712345", "--json",
        ]).json
        try move(id, "publicise")
        try everywhere()
        try edit(a, try #require(notice["id"].string), "posted_evidence+=照片1")
        try everywhere()
        return (id, try #require(notice["from"].string))
    }

    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func aDeathWinsOverAnIncreaseAndFreezesThePayment() throws {
        let (id, _) = try publicised()
        server.program.environment.merge(WrongClock.environment("+14d")) { $1 }
        try move(id, "take_effect", "pay")
        _ = try desk("payment", "application=\(id)", "month=2026-12", "amount_fen=61600", "state=planned")
        // Offline in the village; at the same time the clerk decides an increase.
        try edit(b, member, "death_date=2026-11-20")
        let increased = try decide(id, "adjusted")
        try agree()
        #expect(try server.command("show", member).json["fields"]["death_date"].string == "2026-11-20")
        #expect(
            try refusal("new", "payment", "application=\(id)", "month=2027-01", "amount_fen=\(increased)")
                .contains("R22"))
        #expect(try server.command("roll", "show", "2027-01").json["held"][0]["reasons"][0]["rule"].string == "R22")
        #expect(
            try server.command("tasks", "--desk").json["tasks"].array.compactMap { $0["task"].string } == [
                "reconsider"
            ])
        // The decision was made without the death: it is decided anew, with it, and nothing more is due.
        #expect(try server.command("case", "decide", id, "adjusted", "--basis", "a", "--signatory", "李").code == 65)
        #expect(try decide(id, "stopped") == 0)
        #expect(try server.command("tasks", "--desk").json["count"].int == 0)
        #expect(try server.command("roll", "show", "2027-01").json["lines"].int == 0)
    }

    /// Not a collision of the ten, but it needs the same cases: 低保 and 特困 of one person at once (docs/duplicates.md).
    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func twoBenefitsThatExcludeEachOtherAreFoundByNight() throws {
        try edit(a, member, "self_care=none", "labour_ability=none")
        let dibao = try publicised().id
        server.program.environment.merge(WrongClock.environment("+14d")) { $1 }
        try move(dibao, "take_effect")
        let tekun = try publicised("tekun").id
        #expect(try server.command("nightly").json["duplicates"].array.isEmpty, "only one is in force")
        server.program.environment.merge(WrongClock.environment("+28d")) { $1 }
        try move(tekun, "take_effect")
        #expect(try server.command("nightly").json["duplicates"].array.count == 1)
        let found = try #require(try server.command("duplicates").json["duplicates"].array.first)
        #expect(found["rule"].string == "same_person_two_programmes")
        #expect(Set(found["records"].array.compactMap { $0["id"].string }) == [dibao, tekun])
        let id = try #require(found["id"].string)
        #expect(try server.command("duplicate", "accept", id, "--keep", tekun, "--reason", "核").code == 65)
        #expect(try server.command("duplicate", "dismiss", id, "--reason", "本月核减低保").code == 0)
        #expect(try server.command("nightly").json["duplicates"].array.isEmpty)
    }

    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func anObjectionMadeWhileTheNoticeHungReopensTheCaseThoughItArrivesLate() throws {
        let (id, from) = try publicised()
        let objection = try b.new("objection", "application=\(id)", "text=他家有车", "at=\(from)")
        server.program.environment.merge(WrongClock.environment("+14d")) { $1 }
        // The server closes the notice, and the objection arrives after that.
        try move(id, "take_effect")
        try everywhere()
        try move(id, "object", "open_review")
        let before = try server.command("case", "show", id).json["status"].string
        #expect(before == "democratic_review")
        _ = try desk(
            "democratic_review", "application=\(id)", "objection=\(objection)", "attendees=甲,乙,丙", "votes_for=3",
            "result=upheld")
        try move(id, "uphold")
        try agree()
    }
}
