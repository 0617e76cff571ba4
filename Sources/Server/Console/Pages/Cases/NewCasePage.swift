import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// An application made at the desk: recorded with its authorisation and commitment, filled once (R44).
struct NewCasePage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/cases/new", .work) { console, request in
            guard let household = request.query["household"].flatMap({ RecordID($0) }) else {
                throw Problem(
                    .unknownRecord, request.query["household"] ?? "",
                    explanation: Label(zh: "先查找住户，再从住户页面登记申请", en: "Find the household first, and begin from its page"))
            }
            let page = try console.read { database, seq in
                try NewCasePage(household, in: CaseReader(console.township, in: database), seq: seq, request: request)
            }
            try console.keepView(of: household, page: "new_case", by: request)
            return .page(page)
        },
        .post("/cases/new", .work, take),
    ]

    let seq: Seq
    let request: ConsoleRequest
    let household: Linked
    let members: [Linked]
    /// Cases of the household that go on: the same programme again is flagged (R44).
    let open: [CaseFile]

    init(_ id: RecordID, in records: CaseReader, seq: Seq, request: ConsoleRequest) throws {
        guard let named = try records.record(id, kind: try records.kind("household")) else {
            throw Problem(.unknownRecord, id.description)
        }
        let root = try records.canonical(named, kind: try records.kind("household"))
        guard let household = Linked(root) else { throw Problem(.unknownRecord, id.description) }
        self.seq = seq
        self.request = request
        self.household = household
        let family = try records.dependents(of: root)
        members = family.filter { $0.kind == "member" }.compactMap(Linked.init).filter {
            $0.value("death_date").isNull && $0.record.mergedInto(in: $0.kind) == nil
        }
        open = try family.filter { $0.kind == "application" }.compactMap {
            try CaseFile($0, in: records, at: request.now, shelf: records.shelf)
        }.filter(\.isOpen)
    }

    @Sendable private static func take(_ console: Console, _ request: ConsoleRequest) throws -> ConsoleAnswer {
        let household = try request.record(typed: "household")
        let member = try request.optional("member").map { _ in try request.record(typed: "member") }
        let validTo = try request.day("valid_to")
        if let validTo, validTo < request.now.day {
            throw Problem(
                .badValue, "valid_to",
                explanation: Label(zh: "授权在这一天已经过期（R25）", en: "The authorisation would have expired (R25)"))
        }
        let packet = ApplicationPacket(
            household: household, member: member, programme: try Programme(parsing: try request.required("programme")),
            proxy: request.optional("proxy"), reason: request.optional("reason"), signer: request.optional("signer"),
            validTo: validTo, channel: request.optional("channel"), at: request.now)
        let act = try request.act(reason: request.optional("reason") ?? "")
        let applied = try CaseDesk(township: console.township).apply(packet, act: act)
        return .done(
            Link("cases", applied.id.description, query: [("done", String(applied.seq))]),
            .object([
                ("id", .string(applied.id.description)), ("seq", .int(Int64(applied.seq))),
                ("repeats", applied.repeats.map { .string($0.description) } ?? .null),
                ("findings", .array(packet.findings.map { .string($0.message.text()) })),
            ]))
    }

    var title: String { L("登记申请", "Record an application") }

    /// `seq`, `household`, `members` [`id`, `name`], `open` [`id`, `programme`, `status`].
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("household", .string(household.record.id.description)),
            (
                "members",
                .array(
                    members.map { member in
                        .object([
                            ("id", .string(member.record.id.description)), ("name", .string(member.text("name") ?? "")),
                        ])
                    })
            ),
            (
                "open",
                .array(
                    open.map { file in
                        .object([
                            ("id", .string(file.application.record.id.description)),
                            ("programme", file.programme.map { .string($0.rawValue) } ?? .null),
                            ("status", file.status.map { .string($0.rawValue) } ?? .null),
                        ])
                    })
            ),
        ])
    }

    func body() -> HTML {
        .group([
            already,
            Tag.section(.class(.panel)) {
                Parts.facts([
                    (
                        L("住户", "Household"),
                        Parts.link(household.text("number") ?? "-", Link("households", household.record.id.description))
                    ),
                    (L("村居", "Village"), Shown.village(household.record.scope.code)),
                    (L("住址", "Address"), Shown.value("address", of: household)),
                ])
                Parts.form(Link("cases", "new"), request, seen: seq, submit: L("登记申请", "Record it")) { fields }
            },
        ])
    }

    private var already: HTML {
        guard !open.isEmpty else { return .empty }
        return Tag.div(.class(.hint, .soon)) {
            Tag.p(text: L("这一户还有在办的申请；同一项目再申请会标为重复（R44）：", "Open cases; the same programme again is flagged (R44):"))
            Tag.ul {
                for file in open {
                    Tag.li {
                        Parts.link(
                            file.programme?.label.text() ?? "-", Link("cases", file.application.record.id.description))
                        " "
                        CaseParts.status(file.status)
                    }
                }
            }
        }
    }

    private var fields: HTML {
        let nobody = ("", L("（整户）", "(the household)"))
        return .group([
            Tag.input(.type(.hidden), .name("household"), .value(household.record.id.description)),
            Parts.select(
                "programme", L("救助项目", "Programme"), options: Programme.allCases.map { ($0.rawValue, $0.label.text()) }),
            Parts.select(
                "member", L("申请人", "Applicant"),
                options: [nobody]
                    + members.map { member in
                        let number = Masking.identityNumber(member.text("id_number") ?? "")
                        return (member.record.id.description, "\(member.text("name") ?? "-") \(number)")
                    }),
            Parts.select(
                "channel", L("渠道", "Channel"),
                options: [
                    ("township", L("镇街窗口", "township")), ("online", L("网上", "online")), ("proxy", L("代办", "proxy")),
                    ("station", L("村居工作站", "station")),
                ]),
            Parts.field("proxy", L("代办人", "Proxy"), limit: 64),
            Parts.textarea("reason", L("申请事由", "Reason")),
            Parts.field(
                "signer", L("授权、承诺签字人", "Who signed authorisation and commitment"),
                help: L("签字后才能核对（R25、R60）；没有签就空着", "Nothing is checked before it is signed (R25, R60)"), limit: 64),
            Parts.field(
                "valid_to", L("授权有效期至", "Authorised until"), type: .date,
                value: request.now.day.adding(months: 12).description),
        ])
    }
}
