import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// A spot check (R57): how it was drawn, so that anybody can draw it again, and what came of each household.
struct SamplePage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/samples/{id}") { console, request in
            let subject = try console.look(at: try request.record(), page: "sample", by: request)
            guard subject.kind.name == register, let check = subject.linked else {
                throw Problem(.unknownRecord, subject.record.id.description)
            }
            return .page(try page(console, request, of: check))
        },
        // Every household on record is a part of the draw.
        .post("/samples", .register, work: { _ in .long }, draw),
    ]

    static let register = "sample_check"

    let seq: Seq
    let request: ConsoleRequest
    let check: Linked
    /// All that were drawn, in the order of the draw.
    let drawn: [Linked]
    /// Those of this screen, and where the next begins.
    let shown: [Linked]
    let next: Int64?
    let names: RecordNames

    private static func page(_ console: Console, _ request: ConsoleRequest, of check: Linked) throws -> SamplePage {
        let tables = console.township.database.tables
        let after = try request.number("after").flatMap { Int64(exactly: $0) } ?? 0
        return try console.read { database, seq in
            guard let kind = tables.schema.kind("sampled_household") else {
                throw Problem(.unknownKind, "sampled_household")
            }
            let drawn = try tables.records(of: kind, whose: register, isOneOf: [check.record.id], in: database)
                .compactMap(Linked.init).sorted { place($0) < place($1) }
            let rest = drawn.filter { place($0) > after }
            let shown = Array(rest.prefix(TablePage.rows))
            let homes = Set(shown.compactMap { $0.value("household").recordID })
            return SamplePage(
                seq: seq, request: request, check: check, drawn: drawn, shown: shown,
                next: rest.count > shown.count ? shown.last.map(place) : nil,
                names: try RecordNames([householdKind.name: homes], tables: tables, in: database))
        }
    }

    private static func place(_ household: Linked) -> Int64 { household.number("place") ?? 0 }

    // MARK: - Drawing

    @Sendable private static func draw(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        var wrong: [String: String] = [:]
        func number(_ name: String) -> Int64? {
            guard let text = request.optional(name) else { return nil }
            if Int64(text) == nil { wrong[name] = L("写一个整数", "Write an integer") }
            return Int64(text)
        }
        let (share, count, seed) = (number("share"), number("count"), number("seed"))
        if (share == nil) == (count == nil), wrong["share"] == nil, wrong["count"] == nil {
            wrong["share"] = L("比例和户数填一项", "Give either the share or the number")
        }
        if seed == nil, wrong["seed"] == nil { wrong["seed"] = L("请填种子", "Write the seed") }
        let programme = request.optional("programme").map { ($0, Programme(rawValue: $0)) }
        if let programme, programme.1 == nil { wrong["programme"] = L("没有这个项目", "There is no such programme") }
        let reason = request.optional("reason")
        if reason == nil { wrong["reason"] = EditableFields.words(Problem(.reasonNeeded, "reason")) }
        guard wrong.isEmpty, let seed, let reason else { throw WrongFields(wrong) }
        let size: SpotSample.Size =
            share.map { .share(percent: Int(clamping: $0)) } ?? .count(Int(clamping: count ?? 0))
        do {
            let run = try SampleDesk(township: console.township).draw(
                size, seed: seed, programme: programme?.1, act: try request.act(reason: reason))
            return .done(
                Link("samples", run.id.description, query: [("done", run.seq.map { String($0) })]),
                .object([
                    ("id", .string(run.id.description)), ("kind", .string(register)),
                    ("seq", run.seq.map { .int(Int64($0)) } ?? .null), ("known", .bool(run.isKnown)),
                ]))
        } catch let problem as Problem where problem.code == .badValue {
            throw WrongFields(
                problem: problem, wrong: [share == nil ? "count" : "share": EditableFields.words(problem)])
        }
    }

    /// The form of a draw, with a seed that nobody chose.
    static func drawForm(_ request: ConsoleRequest, seen: Seq) -> HTML {
        let seed = String(Township.newID(at: request.now).low % 1_000_000_000)
        return Parts.panel(L("抽户", "Draw households"), id: "draw") {
            Parts.note(
                L(
                    "种子和住户名册相同，抽到的户就相同，谁都可以复核。种子最好当众产生，如摇号；页面给的是随机数，可以改。",
                    "The same seed and households give the same draw, so that anybody can check it. Best get the seed in public, by lot; the page proposes a random one."
                ))
            Parts.form(Link("samples"), request, seen: seen, submit: L("抽取并登记", "Draw and record")) {
                Parts.field(
                    "share", L("抽取比例（%）", "Share (%)"), help: L("1 至 100；与户数填一项", "1 to 100; or the number"), limit: 3)
                Parts.field(
                    "count", L("抽取户数", "Number of households"),
                    help: L("一次最多 \(SpotSample.limit) 户", "\(SpotSample.limit) at once, at most"), limit: 3)
                Parts.field("seed", L("随机种子", "Seed"), value: seed, isRequired: true, limit: 19)
                Parts.select(
                    "programme", L("救助项目", "Programme"),
                    options: [("", L("全部住户", "All households"))]
                        + Programme.allCases.map { ($0.rawValue, $0.label.text()) })
                Parts.reason(help: L("为什么抽查、种子怎样产生", "Why, and where the seed came from"))
            }
        }
    }

    // MARK: - The page

    var title: String { L("抽查 ", "Spot check ") + (check.day("drawn_on")?.description ?? "") }

    private func count(_ result: String?) -> Int { drawn.count { $0.text("result") == result } }

    /// `seq`, `id`, `fields`, `checked`, `households` [`id`, `place`, `household`, `name`, `village`, `result`, `checkedBy`,
    /// `checkedOn`, `note`], `after`.
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("id", .string(check.record.id.description)),
            (
                "fields",
                .object(
                    check.kind.fields.compactMap { field in
                        let value = check.value(field.name)
                        return value.isNull ? nil : (field.name, JSONValue(value))
                    })
            ),
            ("checked", .int(Int64(drawn.count - count(nil)))),
            (
                "households",
                .array(
                    shown.map { one in
                        func text(_ name: String) -> JSONValue { one.text(name).map(JSONValue.string) ?? .null }
                        return .object([
                            ("id", .string(one.record.id.description)), ("place", .int(Self.place(one))),
                            ("household", text("household")),
                            ("name", names[one.value("household").recordID].json), ("village", text("village")),
                            ("result", text("result")), ("checkedBy", text("checked_by")),
                            ("checkedOn", one.day("checked_on").map { .string($0.description) } ?? .null),
                            ("note", text("note").masked),
                        ])
                    })
            ), ("after", next.map(JSONValue.int) ?? .null),
        ])
    }

    func body() -> HTML {
        .group([
            Tag.p { Parts.link(L("全部抽查", "All spot checks"), Link("registers", Self.register)) },
            facts, households, pages, again,
        ])
    }

    private var facts: HTML {
        let fields = [
            "drawn_on", "drawn_by", "programme", "population", "share_percent", "drawn", "seed", "population_sha256",
        ]
        return Parts.panel(L("怎样抽的", "How it was drawn")) {
            Parts.facts(
                fields.compactMap { check.kind.field($0) }.map { field in
                    (label: Shown.label(field), value: fact(field.name))
                })
        }
    }

    private func fact(_ field: String) -> HTML {
        switch (field, check.text(field)) {
        case ("population_sha256", let hash?): Tag.code(text: hash)
        case ("drawn_by", let author?): .text(Shown.author(author))
        default: Shown.value(field, of: check)
        }
    }

    private var households: HTML {
        let mayEnter = Permission.register.isGiven(to: request.person.role)
        return Parts.panel(L("抽到的住户", "The households drawn")) {
            Tag.p {
                L(
                    "已核查 \(drawn.count - count(nil)) 户，共 \(drawn.count) 户：相符 \(count("consistent"))，不符 \(count("inconsistent"))，未见到 \(count("absent"))。",
                    "\(drawn.count - count(nil)) of \(drawn.count) checked: \(count("consistent")) consistent, \(count("inconsistent")) inconsistent, \(count("absent")) not met."
                )
            }
            Parts.table(
                L("抽到的住户", "The households drawn"),
                [
                    L("住户", "Household"), L("序号", "Place"), L("村居", "Village"), L("结果", "Result"),
                    L("核查人", "Checked by"), L("核查日期", "Checked on"), L("说明", "Note"),
                ] + (mayEnter ? [L("登记", "Record")] : []),
                rows: shown.map { row($0) + (mayEnter ? [act($0)] : []) }, numbers: [1], stacks: true)
        }
    }

    private func name(_ one: Linked) -> String {
        let name = names[one.value("household").recordID].shown
        return name.isEmpty ? L("（无户编号）", "(no number)") : name
    }

    private func row(_ one: Linked) -> [HTML] {
        [
            one.text("household").map { Parts.link(name(one), Link("households", $0)) } ?? .text(name(one)),
            .text(String(Self.place(one))), one.text("village").map { Shown.village($0) } ?? .empty, result(one),
            Shown.value("checked_by", of: one), Shown.value("checked_on", of: one), Shown.value("note", of: one),
        ]
    }

    private func result(_ one: Linked) -> HTML {
        guard let result = one.text("result") else { return .empty }
        let styles: [String: StyleClass] = ["consistent": .fine, "inconsistent": .grave]
        return Parts.badge(Shown.meaning("result", of: one), styles[result] ?? .soon)
    }

    private func act(_ one: Linked) -> HTML {
        let text = one.text("result") == nil ? L("登记结果", "Result") : L("修改", "Edit")
        return Tag.a(
            .href(Link("records", one.record.id.description, "edit")), .ariaLabel("\(text) \(name(one))"), text: text)
    }

    private var pages: HTML {
        let path = ["samples", check.record.id.description]
        guard next != nil || request.query["after"] != nil else { return .empty }
        return Tag.ul(.class(.pages)) {
            if request.query["after"] != nil {
                Tag.li { Parts.link(L("回到开头", "From the beginning"), Link(path)) }
            }
            if let next {
                Tag.li { Parts.link(L("下一页", "Next page"), Link(path, query: [("after", String(next))])) }
            }
        }
    }

    private var again: HTML {
        Parts.panel(L("复核这次抽取", "Draw it again")) {
            Tag.p {
                L(
                    "每户的次序是 SHA-256（“ruhu spot check 1”、种子、住户编号，各占一行），最小的 \(drawn.count) 户抽中，与钟表和录入先后无关。任何一台电脑都能算：",
                    "A household's place is the SHA-256 of “ruhu spot check 1”, the seed and its id, one a line; the smallest \(drawn.count) are drawn, whatever the clock and the order. Any computer works it out:"
                )
            }
            Tag.p {
                Tag.code(
                    text: "printf 'ruhu spot check 1\\n\(check.value("seed").int64 ?? 0)\\n%s' "
                        + L("住户编号", "HOUSEHOLD") + " | sha256sum")
            }
            Parts.note(
                L(
                    "总户名册校验是全部住户编号（按序，每个一行）的 SHA-256：名册没有变过，它就相同。",
                    "The SHA-256 of the population is that of all the households' ids, in order, one a line: the same while the population is."
                ))
        }
    }
}

extension JSONValue {
    /// A text in which people's numbers are masked.
    fileprivate var masked: JSONValue {
        if case .string(let text) = self { .string(Masking.numbers(in: text, alsoPhones: false)) } else { self }
    }
}
