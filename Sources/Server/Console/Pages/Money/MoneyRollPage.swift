import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// A month's roll: who came and left, who is held and why; frozen here by one, handed to the bank by another (R14).
struct MoneyRollPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/money/roll/{month}") { console, request in
            let month = try request.month()
            if MoneyPages.isAsked(request) { try console.figures.makePreview(month) }
            return .page(try page(month, request, in: console))
        },
        .post("/money/roll/{month}/freeze", .work, work: { _ in .long }) { console, request in
            let month = try request.month()
            let reason = request.optional("without_stations")
            let act = try console.act(request, reason: reason ?? "") { database, _ in
                try console.figures.rolls(of: month, in: database).map(\.record.id)
            }
            let frozen = try RollDesk(township: console.township).freeze(
                month, awaitsStations: reason == nil,
                looked: .init(digest: request.optional("computed"), roll: console.figures.look(month)), act: act)
            if let roll = frozen.record { console.figures.keep(frozen.accounts, of: roll) }
            let done = frozen.seq.map { "\($0)" }
            return .done(Link("money", "roll", month.description, query: [("done", done)]), frozen.document)
        },
        .post("/money/roll/{month}/payfile", .work, work: { _ in .long }) { console, request in
            try payFile(try request.month(), request, in: console)
        },
    ]

    private static func page(_ month: Month, _ request: ConsoleRequest, in console: Console) throws -> MoneyRollPage {
        let page = try MoneyPages.read(console) { database, seq in
            try MoneyRollPage(month, request, seq: seq, in: console, database)
        }
        if let roll = page.rolls.last { try console.keepView(of: roll.record.id, page: "roll", by: request) }
        return page
    }

    /// The bank's file holds full identity and account numbers: a reviewer or leader takes it, says what for, and is
    /// another than who froze it.
    private static func payFile(
        _ month: Month, _ request: ConsoleRequest, in console: Console
    ) throws -> ConsoleAnswer {
        guard mayTakePayFile(request.person) else { throw Problem(.notPermitted, request.person.role.label.text()) }
        let batch = try request.batch()
        let act = try console.act(request, reason: try request.required("reason")) { database, _ in
            let rolls = try console.figures.rolls(of: month, in: database).filter {
                batch == nil || $0.number("batch") == batch
            }
            for roll in rolls { try request.isAnother(than: roll.text("frozen_by")) }
            return rolls.map(\.record.id)
        }
        let file = try PayFile.write(console.township, month: month, batch: batch, act: act)
        let name = "payfile-\(month)" + (batch.map { "-\($0)" } ?? "") + ".csv"
        return .file(ConsoleFile(name: name, mediaType: TableFormat.csv.mediaType, bytes: file.csv))
    }

    static func mayTakePayFile(_ person: Person) -> Bool { [.reviewer, .leader].contains(person.role) }

    let month: Month
    let request: ConsoleRequest
    let seq: Seq
    let rolls: [Linked]
    let payFiles: [Linked]
    let preview: RollPreview?
    let changes: RollChanges?
    /// Where each frozen batch pays to, the earlier first.
    let accounts: [AccountReview]
    /// After a restore stations may bring back a roll that was frozen before.
    let isRestored: Bool
    /// Who is on each frozen batch, and who would be on the next.
    private let lines: [MoneyLinesPart]
    private let due: MoneyLinesPart?
    private let names: CaseNames

    private init(
        _ month: Month, _ request: ConsoleRequest, seq: Seq, in console: Console, _ database: Database
    ) throws {
        (self.month, self.request, self.seq) = (month, request, seq)
        rolls = try console.figures.rolls(of: month, in: database)
        payFiles = try console.township.database.tables.all(
            of: payFileKind, where: [("month", .text(month.description))], in: database
        ).compactMap(Linked.init)
        preview = try console.figures.preview(month, in: database)
        changes =
            rolls.isEmpty
            ? try preview.map { try console.figures.changes(of: $0, in: database) }
            : try console.figures.changes(of: month, in: database)
        isRestored = try EpochReader(database).restoredAt() != nil
        accounts = try rolls.map { try console.figures.accounts(of: $0, in: database) }
        let shown = [changes?.additions, changes?.exits, changes?.changes].flatMap {
            ($0 ?? []).prefix(MoneyPages.rows)
        }
        lines = try rolls.map {
            try MoneyLinesPart(of: $0, request, tables: console.township.database.tables, in: database)
        }
        due = preview.map { MoneyLinesPart($0, request) }
        let listed = (lines + [due].compactMap(\.self)).flatMap { $0.lines.map(\.application) }
        names = try CaseNames(
            listed + shown.map(\.application) + (preview?.held ?? []).prefix(MoneyPages.rows).map(\.application)
                + (accounts + [preview?.accounts].compactMap(\.self)).flatMap(MoneyAccountsPart.cases), in: console)
    }

    var title: String { L("\(month) 发放名册", "Roll, \(month)") }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("month", .string(month.description)),
            (
                "batches",
                .array(zip(rolls, accounts).map { $0.rollDocument.adding($1.fields) })
            ), ("payFiles", .array(payFiles.map(\.payFileDocument))),
            ("preview", preview.map(Self.document) ?? .null), ("changes", changes.map(Self.document) ?? .null),
        ])
    }

    private static func document(_ preview: RollPreview) -> JSONValue {
        .object([
            ("seq", .int(Int64(preview.seq))), ("lines", .int(Int64(preview.lines.count))),
            ("totalFen", .int(preview.totalFen)), ("computed", .string(preview.look.digest)),
            ("arrears", .int(Int64(preview.arrears.count))),
            (
                "held",
                .array(
                    preview.held.map { held in
                        .object([
                            ("application", .string(held.application.description)), ("fen", .int(held.fen)),
                            (
                                "reasons",
                                .array(
                                    held.reasons.map {
                                        .object([
                                            ("rule", .string($0.rule.code)), ("text", .string($0.text.text())),
                                        ])
                                    })
                            ),
                        ])
                    })
            ),
        ]).adding(preview.accounts.fields)
    }

    private static func document(_ changes: RollChanges) -> JSONValue {
        func list(_ all: [RollChanges.Change]) -> JSONValue {
            .array(
                all.map {
                    .object([
                        ("application", .string($0.application.description)),
                        ("beforeFen", $0.beforeFen.map(JSONValue.int) ?? .null),
                        ("afterFen", $0.afterFen.map(JSONValue.int) ?? .null),
                    ])
                })
        }
        return .object([
            ("additions", list(changes.additions)), ("exits", list(changes.exits)), ("changed", list(changes.changes)),
        ])
    }

    // MARK: - As a page

    func body() -> HTML {
        .group([MoneyPages.tabs(month, at: Self.self), freezing, handing, held, compared])
    }

    private var freezing: HTML {
        Parts.panel(L("冻结", "Freeze"), id: "freeze") {
            Parts.table(
                L("冻结的批次", "Frozen batches"),
                [
                    L("批次", "Batch"), L("冻结时间", "Frozen at"), L("冻结人", "Frozen by"), L("笔数", "Lines"),
                    L("合计（元）", "Total (yuan)"),
                ], rows: rolls.map(\.rollCells), numbers: [3, 4])
            if let preview {
                Tag.p {
                    L(
                        "待冻结 \(preview.lines.count) 笔，\(MoneyPages.yuan(preview.totalFen)) 元，其中补发 \(preview.arrears.count) 笔；暂缓 \(preview.held.count) 件。",
                        "\(preview.lines.count) lines due, \(MoneyPages.yuan(preview.totalFen)) yuan, \(preview.arrears.count) of them arrears; \(preview.held.count) cases held."
                    )
                }
                MoneyPages.edition(at: preview.at, seq: preview.seq, head: seq)
            }
            due.map { $0.body(L("待冻结", "Not frozen"), names) } ?? .empty
            for (roll, part) in zip(rolls, lines) {
                let batch = String(roll.number("batch") ?? 0)
                part.body(L("第 \(batch) 批", "Batch \(batch)"), names)
            }
            MoneyPages.compute(Link("money", "roll", month.description), L("计算应发", "Work out what is due"))
            if let preview {
                MoneyAccountsPart(review: preview.accounts, names: names).body(L("待冻结", "Not frozen"))
            }
            freezeForm
        }
    }

    /// Nothing is frozen on figures of before, nor before somebody has looked where it pays to: they were worked out for
    /// this page, or nothing was written since.
    private var isOfNow: Bool { preview.map { MoneyPages.isAsked(request) || $0.seq == seq } ?? false }

    private var freezeForm: HTML {
        guard Permission.work.isGiven(to: request.person.role) else {
            return Parts.note(L("冻结名册由镇街办理。", "The township freezes the roll."))
        }
        guard isOfNow else {
            return Parts.note(
                preview == nil
                    ? L(
                        "先计算应发，看过换了账户的户，再冻结。",
                        "First work out what is due, look at the accounts that changed, then freeze.")
                    : L("计算之后又有变化，先重新计算，再冻结。", "Something was written since: work it out anew, then freeze."))
        }
        if let preview, preview.lines.isEmpty {
            return Parts.note(
                preview.held.isEmpty
                    ? L("没有可冻结的：应发的都已列入名册。", "Nothing to freeze: all that is due is on a roll.")
                    : L(
                        "没有可冻结的：应发的 \(preview.held.count) 件都暂缓，原因见下。",
                        "Nothing to freeze: all \(preview.held.count) that are due are held, see below why."))
        }
        let own = (preview?.accounts.changed ?? []).filter { $0.isBy(request.person.author) }
        if !own.isEmpty {
            let numbers = own.prefix(MoneyPages.rows).map(\.household.name).joined(separator: L("、", ", "))
            return Parts.note(
                L(
                    "这些户的账户是您改的，名册由另一位同事看过再冻结：\(numbers)。",
                    "You changed the accounts of these households: a colleague looks at them and freezes the roll: \(numbers)."
                ))
        }
        return Parts.form(
            Link("money", "roll", month.description, "freeze"), request, seen: preview?.seq ?? seq,
            submit: L("冻结 \(month)", "Freeze \(month)")
        ) {
            Parts.note(
                L(
                    "按提交时的决定逐户生成发放记录；冻结后账户、金额不再变动。冻结人不能导出发放文件。",
                    "A line for every case as decided when this is sent; account and amount stay. Who freezes does not take the pay file."
                ))
            Tag.input(.type(.hidden), .name("computed"), .value(preview?.look.digest ?? ""))
            Tag.p {
                Tag.label {
                    Tag.input(.type(.checkbox), .name("looked"), .value("1"), .required)
                    L("已核对名单和账户", "I have looked at the lines and the accounts")
                }
            }
            if isRestored {
                Parts.field(
                    "without_stations", L("不等各站同步的理由", "Why not to wait for the stations"),
                    help: L("恢复备份之后才需要填写", "Only after a restore from a backup"))
            }
        }
    }

    private var handing: HTML {
        guard !rolls.isEmpty else { return .empty }
        return Parts.panel(L("发放文件", "Pay file"), id: "payfile") {
            Parts.table(
                L("导出过的发放文件", "Pay files that were written"), MoneyPaidPage.payFileHeadings,
                rows: payFiles.map(\.payFileCells), numbers: [3, 4])
            for (roll, review) in zip(rolls, accounts) {
                let batch = String(roll.number("batch") ?? 0)
                MoneyAccountsPart(review: review, names: names).body(L("第 \(batch) 批", "Batch \(batch)"))
            }
            payFileForm
        }
    }

    private var payFileForm: HTML {
        guard Self.mayTakePayFile(request.person) else {
            return Parts.note(L("发放文件含完整账号，由审核人或签批人导出。", "It holds full numbers: a reviewer or a leader takes it."))
        }
        if rolls.contains(where: { $0.text("frozen_by") == request.person.author }) {
            return Parts.note(L("您冻结了这个月的名册，发放文件由另一人导出。", "You froze it: another person takes the pay file."))
        }
        return Parts.form(
            Link("money", "roll", month.description, "payfile"), request, seen: seq,
            submit: L("导出发放文件", "Take the pay file")
        ) {
            if !payFiles.isEmpty {
                Parts.note(
                    L("这个月已导出过，同一批不要重复报送银行。", "It was written before: do not hand the same batch to the bank twice."),
                    .soon)
            }
            MoneyParts.batches(rolls, key: "file-")
            Parts.reason(
                key: "file-", help: L("文件含完整身份证号和账号，导出会记录在案", "It holds full numbers; taking it is kept on record"))
        }
    }

    private var held: HTML {
        guard let preview else { return .empty }
        let rows = preview.held.prefix(MoneyPages.rows).map { held in
            names.cells(held.application) + [
                MoneyPages.cell(held.fen),
                Self.why(held),
            ]
        }
        return Parts.panel(L("暂缓 \(preview.held.count) 件", "Held: \(preview.held.count)"), id: "held") {
            Parts.table(
                L("暂缓的申请和原因", "Held cases, and why"),
                CaseNames.headings + [L("金额（元）", "Amount (yuan)"), L("原因", "Why")], rows: rows, numbers: [4])
            MoneyParts.more(preview.held.count)
        }
    }

    /// The reasons, and where to choose the account.
    private static func why(_ held: RollPreview.Held) -> HTML {
        var parts: [HTML] = held.reasons.map { reason in
            Tag.p(text: reason.text.text() + L("（\(reason.rule.code)）", " (\(reason.rule.code))"))
        }
        if let household = held.household {
            let link = Link("households", household.description)
            parts.append(Tag.p { Parts.link(L("住户的账户", "The household's accounts"), link) })
        }
        return .group(parts)
    }

    private var compared: HTML {
        guard let changes else { return .empty }
        let basis =
            rolls.isEmpty
            ? L("待冻结的与 \(month.previous) 名册比较", "What is due, against the rolls of \(month.previous)")
            : L("与 \(month.previous) 名册比较", "Against the rolls of \(month.previous)")
        return Parts.panel(L("变动", "Changes"), id: "changes") {
            Parts.note(basis + L("；临时救助不计。", "; relief is left out."))
            list(L("新增", "Additions"), changes.additions)
            list(L("退出或未列入", "Exits, and not on the roll"), changes.exits)
            list(L("金额变动", "Changed amounts"), changes.changes)
        }
    }

    private func list(_ title: String, _ all: [RollChanges.Change]) -> HTML {
        .group([
            Tag.h3(text: "\(title) \(all.count)"),
            Parts.table(
                title, CaseNames.headings + [L("上月（元）", "Before (yuan)"), L("本月（元）", "Now (yuan)")],
                rows: all.prefix(MoneyPages.rows).map {
                    names.cells($0.application) + [MoneyPages.cell($0.beforeFen), MoneyPages.cell($0.afterFen)]
                }, numbers: [4, 5]),
            MoneyParts.more(all.count),
        ])
    }
}

/// Parts of forms that several pages about money have.
enum MoneyParts {
    static func batches(_ rolls: [Linked], key: String) -> HTML {
        Parts.select(
            "batch", L("批次", "Batch"),
            options: [("", L("全部批次", "All batches"))]
                + rolls.map { roll in
                    let batch = String(roll.number("batch") ?? 0)
                    return (batch, L("第 \(batch) 批", "Batch \(batch)"))
                }, value: rolls.count == 1 ? String(rolls[0].number("batch") ?? 0) : "", key: key)
    }

    static func amount(
        _ name: String, _ label: String, key: String, value: String = "", isRequired: Bool = true
    ) -> HTML {
        Parts.field(name, label, value: value, key: key, isRequired: isRequired, limit: 20)
    }

    /// What is counted and not shown.
    static func more(_ count: Int) -> HTML {
        count > MoneyPages.rows
            ? Parts.note(
                L("只列前 \(MoneyPages.rows) 件，共 \(count) 件。", "The first \(MoneyPages.rows) of \(count) are listed."))
            : .empty
    }
}
