import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// Money that was paid and should not have been (R14): claimed by one, decided by another, withheld or paid back.
struct MoneyRecoveryPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/money/recoveries") { console, request in
            if MoneyPages.isAsked(request) { try console.figures.makeLikely() }
            let page = try MoneyPages.read(console) { database, seq in
                try MoneyRecoveryPage(request, seq: seq, in: console, database)
            }
            for entry in page.entries {
                try console.keepView(of: entry.recovery.record.id, page: "recoveries", by: request)
            }
            return .page(page)
        },
        .post("/money/recoveries/propose", .work) { console, request in try propose(request, in: console) },
        .post("/money/recoveries/{id}/decide", .approve) { console, request in
            let (id, act) = try acting(request, try request.required("reason"), isDecision: true, in: console)
            let decision = try request.required("decision")
            guard ["approved", "rejected"].contains(decision) else { throw Problem(.badValue, "decision") }
            return done(
                try RecoveryDesk(township: console.township).decide(
                    id, isApproved: decision == "approved", act: act), in: console)
        },
        .post("/money/recoveries/{id}/offset", .work) { console, request in
            let (id, act) = try acting(request, try request.required("reason"), in: console)
            return done(
                try RecoveryDesk(township: console.township).withhold(
                    id, from: try request.required("line"),
                    fen: try request.optional("amount").map { try MoneyArgument.fen($0) }, act: act), in: console)
        },
        .post("/money/recoveries/{id}/receive", .work) { console, request in
            let (id, act) = try acting(request, "", in: console)
            guard let means = MoneyKinds.Means(rawValue: try request.required("means")), means != .offset else {
                throw Problem(.badValue, "means")
            }
            return done(
                try RecoveryDesk(township: console.township).receive(
                    id, means, fen: try request.fen("amount"), on: try request.requiredDay("on"),
                    receipt: request.optional("receipt"), act: act), in: console)
        },
    ]

    private static func propose(_ request: ConsoleRequest, in console: Console) throws -> ConsoleAnswer {
        guard let cause = MoneyKinds.Cause(rawValue: try request.required("cause")) else {
            throw Problem(.badValue, "cause")
        }
        let lines = request.form.all("lines").flatMap {
            $0.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
        }
        if lines.isEmpty {
            throw Problem(
                .badValue, "lines", explanation: Label(zh: "请勾选多发的各笔", en: "Tick the lines that paid too much"))
        }
        let application = try request.required("application")
        let act = try console.act(request, reason: try request.required("reason")) { database, _ in
            try console.township.database.tables.all(
                of: MoneyKinds.recovery, where: [("application", .text(application))], in: database
            ).map(\.id)
        }
        let claim = RecoveryDesk.Claim(
            lines: lines, cause: cause, amountFen: try request.fen("amount"),
            instalmentFen: try request.optional("instalment").map { try MoneyArgument.fen($0) })
        return done(
            try RecoveryDesk(township: console.township).propose(
                application, claim, act: act), in: console)
    }

    /// The recovery, and an act on it when neither it nor what came back of it changed since the page was shown.
    private static func acting(
        _ request: ConsoleRequest, _ reason: String, isDecision: Bool = false, in console: Console
    ) throws -> (id: String, Desk.Act) {
        let id = try request.record()
        let tables = console.township.database.tables
        let act = try console.act(request, reason: reason) { database, _ in
            guard let found = try tables.record(id, kind: MoneyKinds.recovery, in: database).flatMap(Linked.init) else {
                throw Problem(.unknownRecord, id.description)
            }
            if isDecision { try request.isAnother(than: found.text("proposed_by")) }
            let items = try tables.all(
                of: MoneyKinds.recoveryItem, where: [("application", found.value("application"))], in: database)
            return [id] + items.map(\.id)
        }
        return (id.description, act)
    }

    private static func done(_ entry: RecoveryDesk.Entry, in console: Console) -> ConsoleAnswer {
        let seq = ([entry.recovery] + entry.items).map(\.record.seq).max()
        return .done(Link("money", "recoveries", query: [("done", seq.map { "\($0)" })]), entry.document)
    }

    // MARK: - The page

    /// Each case on the page is read whole.
    private static let rowsPerPage = 10

    let request: ConsoleRequest
    let seq: Seq
    let entries: [RecoveryDesk.Entry]
    /// Where the next, older ones begin.
    let next: RecordID?
    let likely: MoneyFigures.Kept<[RecoveryDesk.Likely]>?
    private let claim: MoneyClaimPart
    private let names: CaseNames

    private init(_ request: ConsoleRequest, seq: Seq, in console: Console, _ database: Database) throws {
        (self.request, self.seq) = (request, seq)
        let before = request.query["after"].flatMap { RecordID($0) }
        let all = try console.township.database.tables.all(of: MoneyKinds.recovery, where: [], in: database)
            .filter { record in before.map { record.id < $0 } ?? true }.sorted { $0.id > $1.id }
        let shown = all.prefix(Self.rowsPerPage)
        next = all.count > Self.rowsPerPage ? shown.last?.id : nil
        let desk = RecoveryDesk(township: console.township)
        let records = try shown.isEmpty ? nil : CaseReader(console.township, in: database)
        entries = try shown.compactMap { record in
            try records.flatMap { records in try Linked(record).map { try desk.entry($0, in: records) } }
        }
        likely = console.figures.likely()
        claim = try MoneyClaimPart(request, seq: seq, in: console, database)
        names = try CaseNames(
            entries.map(\.file.application.record.id)
                + (likely?.value ?? []).prefix(MoneyPages.rows).map(\.application), in: console)
    }

    var title: String { L("追回", "Claimed back") }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("recoveries", .array(entries.map(\.document))),
            ("next", next.map { .string($0.description) } ?? .null),
            (
                "likely",
                likely.map { kept in
                    .array(
                        kept.value.map { over in
                            .object([
                                ("application", .string(over.application.description)),
                                ("payment", .string(over.payment.description)), ("month", .string(over.month)),
                                ("cause", .string(over.cause.rawValue)), ("amountFen", .int(over.fen)),
                                ("claimed", .bool(over.isClaimed)),
                            ])
                        })
                } ?? .null
            ),
        ])
    }

    private var mayWork: Bool { Permission.work.isGiven(to: request.person.role) }

    func body() -> HTML {
        .group([
            MoneyPages.tabs(Month(of: request.now.day), at: Self.self), .group(entries.map(panel)),
            next.map {
                Parts.link(L("更早的", "Older ones"), Link("money", "recoveries", query: [("after", $0.description)]))
            } ?? .empty, found, proposing,
        ])
    }

    private func panel(_ entry: RecoveryDesk.Entry) -> HTML {
        let (recovery, id) = (entry.recovery, entry.recovery.record.id.description)
        let key = "\(id.suffix(8))-"
        return Parts.panel(
            (recovery.text("cause").flatMap(MoneyKinds.Cause.init)?.label.text() ?? "") + " · "
                + entry.state.label.text()
        ) {
            Parts.facts([
                (L("谁", "Who"), names.name(entry.file.application.record.id)),
                (L("项目", "Programme"), MoneyPages.programme(entry.file.programme)),
                (L("应追回（元）", "To recover (yuan)"), MoneyPages.cell(recovery.number("amount_fen"))),
                (L("每期", "Each instalment"), MoneyPages.cell(recovery.number("instalment_fen"))),
                (L("尚余", "Still out"), MoneyPages.cell(entry.outstandingFen)),
                (L("提出人", "Proposed by"), .text(recovery.text("proposed_by") ?? "")),
                (L("理由", "Why"), .text(Shown.masked(reason: recovery.text("reason") ?? ""))),
                (L("决定人", "Decided by"), .text(recovery.text("decided_by") ?? "")),
                (L("决定理由", "Why decided so"), .text(recovery.text("decision_reason") ?? "")),
            ])
            if !entry.items.isEmpty {
                Parts.table(
                    L("已追回的各期", "What came back"),
                    [L("日期", "Day"), L("方式", "How"), L("金额（元）", "Amount"), L("凭证", "Receipt")],
                    rows: entry.items.map { item in
                        [
                            .text(item.day("on")?.description ?? ""), .text(Shown.meaning("means", of: item)),
                            MoneyPages.cell(item.number("amount_fen")), .text(item.text("receipt") ?? ""),
                        ]
                    }, numbers: [2])
            }
            switch entry.state {
            case .proposed: deciding(entry, key)
            case .approved: mayWork ? recovering(entry, key) : .empty
            case .rejected, .recovered: HTML.empty
            }
        }
    }

    private func deciding(_ entry: RecoveryDesk.Entry, _ key: String) -> HTML {
        if !Permission.approve.isGiven(to: request.person.role) {
            return Parts.note(L("由签批人决定。", "A leader decides it."))
        }
        if entry.recovery.text("proposed_by") == request.person.author {
            return Parts.note(L("您提出的，由另一人决定。", "You proposed it: another person decides."))
        }
        return Parts.form(
            Link("money", "recoveries", entry.recovery.record.id.description, "decide"), request, seen: seq,
            submit: L("决定", "Decide")
        ) {
            Parts.select(
                "decision", L("决定", "Decision"),
                options: [("approved", L("同意追回", "Claim it back")), ("rejected", L("不追回", "Do not"))], key: key)
            Parts.reason(key: key)
        }
    }

    private func recovering(_ entry: RecoveryDesk.Entry, _ key: String) -> HTML {
        let id = entry.recovery.record.id.description
        let open = entry.file.standingPayments.filter { !$0.value("roll").isNull && $0.value("paid_at").isNull }
        return .group([
            open.isEmpty
                ? Parts.note(L("没有已冻结、还没有发放的一笔可以抵扣。", "No frozen line is there to withhold it from."))
                : Parts.form(
                    Link("money", "recoveries", id, "offset"), request, seen: seq, submit: L("抵扣", "Withhold")
                ) {
                    Parts.select(
                        "line", L("从哪一笔抵扣", "From which line"),
                        options: open.map {
                            (
                                $0.record.id.description,
                                "\($0.text("month") ?? "") \(MoneyPages.yuan($0.number("amount_fen") ?? 0))"
                            )
                        }, key: key + "o-")
                    MoneyParts.amount(
                        "amount", L("金额（元），不填则一期", "Amount (yuan); empty: an instalment"), key: key + "o-",
                        isRequired: false)
                    Parts.reason(key: key + "o-")
                },
            Parts.form(
                Link("money", "recoveries", id, "receive"), request, seen: seq,
                submit: L("登记退回", "Record what was paid back")
            ) {
                MoneyParts.amount("amount", L("金额（元）", "Amount (yuan)"), key: key + "r-")
                Parts.field("on", L("日期", "Day"), type: .date, key: key + "r-", isRequired: true)
                Parts.select(
                    "means", L("方式", "How"),
                    options: [MoneyKinds.Means.cash, .transfer].map { ($0.rawValue, $0.label.text()) }, key: key + "r-")
                Parts.field("receipt", L("凭证", "Receipt"), key: key + "r-", limit: 200)
            },
        ])
    }

    private var found: HTML {
        Parts.panel(L("可能多发的", "Likely paid too much"), id: "likely") {
            if let likely {
                Parts.table(
                    L("可能多发的", "Likely paid too much"),
                    CaseNames.headings + [
                        L("月份", "Month"), L("原因", "Cause"), L("最多（元）", "At most"), "",
                    ],
                    rows: likely.value.prefix(MoneyPages.rows).map { over in
                        names.cells(over.application) + [
                            .text(over.month), .text(over.cause.label.text()), MoneyPages.cell(over.fen),
                            over.isClaimed
                                ? Parts.badge(L("已提出", "claimed"), .fine)
                                : Parts.link(L("提出追回", "Claim it"), MoneyClaimPart.link(over.application)),
                        ]
                    }, numbers: [6])
                MoneyParts.more(likely.value.count)
                MoneyPages.edition(at: likely.at, seq: likely.seq, head: seq)
            }
            MoneyPages.compute(Link("money", "recoveries"), L("查找", "Look for them"))
        }
    }

    private var proposing: HTML { mayWork ? claim.body : .empty }
}
