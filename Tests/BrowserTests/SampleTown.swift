import Foundation
import ProgramRunner

/// A township in the middle of its work: households of a real survey, people with names, cases at every stage, what
/// waits for the desk. For pages that have to be looked at with something on them.
final class SampleTown {
    /// When the first applications came, and when the desk is looked at.
    private static let (then, now) = ("@2026-11-09 08:30:00", "@2026-11-25 09:10:00")
    private static let people = [
        ("王家庆", "19530412", "001"), ("李桂荣", "19480926", "002"), ("张文斌", "19710305", "003"),
        ("陈秀兰", "19560718", "002"), ("刘传富", "19620130", "001"), ("赵玉珍", "19501109", "002"),
        ("孙长河", "19680521", "001"), ("周继红", "19790814", "002"),
    ]
    private static let reasons = ["因病支出大", "年老无劳动能力", "残疾，丧失劳动能力", "子女在读，收入下降"]

    let town: DeskTown
    private var families: [(home: String, member: String, name: String)] = []
    private(set) var cases: [String] = []
    private(set) var payment = ""
    private(set) var conflict = ""
    private(set) var duplicate = ""
    private(set) var finding = ""
    private(set) var sample = ""
    private(set) var drawn = ""
    var home: String { families[1].home }
    var member: String { families[1].member }

    init() throws {
        town = try DeskTown(clock: WrongClock.library == nil ? nil : Self.then)
        for (name, fullName, role) in [("li", "李敏", "clerk"), ("chen", "陈主任", "leader"), ("sun", "孙审计", "auditor")] {
            try town.account(name, fullName, role: role)
        }
        _ = try town.desk("villages", "\(DeskTown.village)=夏庄村")
        try settle()
        try apply()
        try work()
        if WrongClock.library != nil { try town.goOn(at: Self.now) }
        try takeEffect()
        try disagree()
        try enter()
        _ = try town.desk("nightly", "--backups", town.folder.url.appending(path: "backups").path)
    }

    // MARK: - The village

    /// Households of the survey in Examples, and families with numbers of their own.
    private func settle() throws {
        let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Examples")
        let csv = try String(contentsOf: examples.appending(path: "survey-households.csv"), encoding: .utf8)
        let roster = town.folder.url.appending(path: "roster.csv")
        try csv.split(whereSeparator: \.isNewline).prefix(41).joined(separator: "\n")
            .write(to: roster, atomically: true, encoding: .utf8)
        let map = examples.appending(path: "roster-map.yaml").path
        let imported = try town.a.run("import", roster.path, "--map", map)
        guard imported.code == 0 else { throw ProgramFailure("import: \(imported.text) \(imported.errors)") }
        for (index, (name, born, order)) in Self.people.enumerated() {
            let (home, member) = try town.family(
                "20\(index + 1)", name, idNumber: Self.idNumber(born, order), "labour_ability=部分", "marital=20",
                "health=\(index % 2 == 0 ? "2" : "1")")
            families.append((home, member, name))
            _ = try town.a.new(
                "bank_account", "household=\(home)", "kind=折", "number=62230911202000\(index)5", "bank=农村信用社",
                "holder=\(name)")
            _ = try town.a.new(
                "income_item", "household=\(home)", "member=\(member)", "type=10",
                "amount_fen=\(12_000 + 1_500 * index)", "period=month", "from=2026-01-01")
        }
        try town.meet()
    }

    /// With the check digit of GB 11643.
    static func idNumber(_ born: String, _ order: String) -> String {
        let digits = ("370404" + born + order).compactMap(\.wholeNumberValue)
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(digits, weights).map { $0 * $1 }.reduce(0, +)
        return digits.map(String.init).joined() + String(Array("10X98765432")[sum % 11])
    }

    private func apply() throws {
        for (index, family) in families.enumerated() {
            let programme = ["dibao", "dibao", "dibao", "tekun", "dibao", "relief_urgent", "dibao", "dibao"][index]
            let made = try town.a.run([
                "apply", family.home, programme, "--signer", family.name, "--member", family.member, "--reason",
                Self.reasons[index % Self.reasons.count],
            ])
            guard let id = made.json["id"].string else { throw ProgramFailure("apply: \(made.text) \(made.errors)") }
            cases.append(id)
            if index < 5 {
                _ = try town.a.new(
                    "visit", "household=\(family.home)", "when=2026-11-08", "surveyors=王秀英,李建国",
                    "summary=房屋三间，本人常年服药，与所填一致")
            }
        }
        try town.meet()
    }

    // MARK: - The desk

    private func move(_ id: String, _ steps: String...) throws {
        for step in steps { _ = try town.desk("case", "move", id, step, "--role", "leader", "--author", "陈主任(chen)") }
    }

    /// Cases 0 and 1 as far as their notice, 2 as far as its decision, 4 reviewed, 6 signed; 5 is relieved first.
    private func work() throws {
        let begun = [cases[0], cases[1], cases[2], cases[4]]
        for id in begun { try move(id, "authorise", "prepare") }
        try move(cases[6], "authorise")
        let path = { [town] (name: String) in town.folder.url.appending(path: name).path }
        _ = try town.desk("check", "request", path("requests"))
        _ = try town.desk("check", "simulate", path("requests"), path("reports"))
        _ = try town.desk("check", "import", path("reports"))
        for id in begun { try move(id, "accept", "review") }
        for id in begun.prefix(3) {
            _ = try town.desk(
                "case", "decide", id, "approved", "--basis", "年收入低于标准", "--signatory", "李敏", "--signatory", "陈主任",
                "--author", "李敏(li)")
        }
        for id in begun.prefix(2) {
            try move(id, "approve")
            let notice = try town.desk("notice", id, "publicity", "--place", "村委会公示栏", "--hotline", "0632-7712345")
            try move(id, "publicise")
            try town.a.sync()
            _ = try town.a.run("edit", notice["id"].string ?? "", "posted_evidence+=照片1")
            try town.a.sync()
        }
    }

    private func takeEffect() throws {
        if WrongClock.library != nil { for id in cases.prefix(2) { try move(id, "take_effect", "pay") } }
        _ = try town.desk(
            "case", "decide", cases[5], "approved", "--basis", "火灾", "--signatory", "陈主任", "--amount", "500.00")
        let paid = try town.desk(
            "new", "payment", "application=\(cases[5])", "amount_fen=50000", "means=cash", "state=paid",
            "receipt=收条1号", "payee=\(families[5].member)", "month=2026-11")
        payment = paid["id"].string ?? ""
        _ = try town.desk("document", "print", cases[0], "public_notice", "--output", "\(town.folder.url.path)/n.html")
    }

    /// What only a person can decide: two accounts, two abilities, a set that was refused, one person on record twice.
    private func disagree() throws {
        let twin = try town.a.new("household", "number=219", "address=阴平村二组 19 号")
        _ = try town.a.new("member", "household=\(twin)", "name=李桂英", "id_number=\(Self.idNumber("19730203", "001"))")
        _ = try town.a.new("member", "household=\(twin)", "name=孙常河", "id_number=\(Self.idNumber("19680521", "001"))")
        let visit = try town.a.new("visit", "household=\(families[7].home)", "when=2026-11-09", "surveyors=王秀英,李建国")
        try town.meet()
        try town.differ(families[1].member, ["labour_ability=完全"], ["labour_ability=丧失"])
        try town.differ(families[2].member, ["labour_ability=完全"], ["labour_ability=丧失"])
        try town.differ(families[3].member, ["name=陈秀蓝"], ["id_number=\(Self.idNumber("19560719", "002"))"])
        try town.differ(visit, ["summary=本人在家，院落整洁"], ["summary=本人住院，由邻居接待"])
        let open = try town.desk("conflicts")["conflicts"].array
        conflict = open.first { $0["record"].string == member }?["id"].string ?? open[0]["id"].string ?? ""
        duplicate = try town.desk("duplicates")["duplicates"][0]["id"].string ?? ""
    }

    /// What the registers have: late, answered and open matters, people, a spot check.
    private func enter() throws {
        finding =
            try town.desk(
                "new", "finding", "source=ledger", "what=203 户缺核对报告，台账与档案不一致", "found_by=区民政",
                "found_on=2026-11-10", "responsible=李敏", "rectify_by=2026-11-20")["id"].string ?? ""
        _ = try town.desk(
            "new", "finding", "source=payment", "what=205 户账户姓名与本人不符", "found_by=区民政", "found_on=2026-11-10",
            "rectify_by=2026-12-10", "village=\(DeskTown.village)")
        _ = try town.desk(
            "new", "complaint", "received_on=2026-11-10", "via=hotline", "about=公示", "text=名单没有张贴在公开栏",
            "due=2026-11-18",
            "village=\(DeskTown.village)")
        _ = try town.desk("new", "staff", "name=李敏", "post=full_time", "phone=13806320000", "active_from=2026-01-01")
        let draw = try town.desk("sample", "draw", "--share", "5", "--seed", "20261125")
        (sample, drawn) = (draw["id"].string ?? "", draw["households"][1]["household"].string ?? "")
        _ = try town.desk(
            "sample", "result", sample, draw["households"][0]["household"].string ?? "", "--result", "inconsistent",
            "--by",
            "赵科长", "--note", "有外出务工收入未填报")
        let rows = try town.desk("register", "sampled_household")["entries"].array
        drawn = rows.first { $0["fields"]["household"].string == drawn }?["id"].string ?? ""
    }

    // MARK: - Pages

    /// The main pages, by what a file of their picture is called.
    var pages: [(name: String, path: String)] {
        [
            ("today", "/today"), ("conflicts", "/conflicts"), ("conflict", "/conflicts/\(conflict)"),
            ("cases", "/cases"), ("case", "/cases/\(cases[2])"), ("case-new", "/cases/new?household=\(home)"),
            ("households", "/households"), ("household", "/households/\(home)"),
            ("household-edit", "/records/\(member)/edit"), ("history", "/households/\(home)/history"),
            ("record", "/records/\(member)"), ("trace", "/payments/\(payment)/trace"),
            ("documents", "/cases/\(cases[0])/documents"), ("documents-batch", "/documents/batch"),
            ("notices", "/notices"), ("ledger", "/ledger"), ("reports", "/reports"), ("exports", "/exports"),
            ("table", "/tables/quality"), ("duplicates", "/duplicates"), ("duplicate", "/duplicates/\(duplicate)"),
            ("quarantine", "/quarantine"), ("stations", "/stations"), ("villages", "/villages"),
            ("imports", "/imports"),
            ("password", "/password"), ("money", "/money"), ("roll", "/money/roll/2026-12?compute=yes"),
            ("plan", "/money/plan/2026-11"), ("budget", "/money/budget/2026"),
            ("reconcile", "/money/reconcile/2026-11"), ("arrears", "/money/arrears"),
            ("recoveries", "/money/recoveries"), ("paid", "/money/paid/2026-11"),
            ("registers", "/registers"), ("register", "/registers/finding"), ("register-staff", "/registers/staff"),
            ("register-sums", "/registers/publicity?compute=yes"),
            ("entry-new", "/registers/finding/new?application=\(cases[0])"), ("entry", "/records/\(finding)"),
            ("entry-edit", "/records/\(finding)/edit"), ("samples", "/registers/sample_check"),
            ("sample", "/samples/\(sample)"), ("sample-result", "/records/\(drawn)/edit"),
        ]
    }
}
