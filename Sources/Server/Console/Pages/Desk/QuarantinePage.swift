import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// What the township did not take in, with the reason, and what it wanted to change.
struct QuarantinePage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/quarantine") { console, request in
            try console.page { database, seq in
                let tables = console.township.database.tables
                let all = try QuarantineReader(database, tables: tables).open().map { ($0, Self.place($0)) }
                let shown = ListPage(all, after: request.query["after"], key: \.1)
                let register = DeviceRegister(database)
                return QuarantinePage(
                    seq: seq, total: all.count,
                    sets: try shown.rows.map { entry, _ in
                        Kept(entry: entry, station: try register.device(entry.sealed.set.device))
                    }, next: shown.next, schema: tables.schema,
                    reports: try tables.schema.kind("refused_report").map { kind in
                        try tables.list(kind, RecordSelection(limit: DeskParts.pageRows), in: database)
                            .compactMap(Linked.init)
                    } ?? [])
            }
        }
    ]

    struct Kept {
        let entry: QuarantineReader.Entry
        let station: RegisteredDevice?

        var set: ChangeSet { entry.sealed.set }
    }

    let seq: Seq
    let total: Int
    let sets: [Kept]
    let next: String?
    let schema: Schema
    let reports: [Linked]

    /// By device and number, as ``QuarantineReader`` has them.
    private static func place(_ entry: QuarantineReader.Entry) -> String {
        let number = String(entry.sealed.set.number)
        return "\(entry.sealed.set.device)-" + String(repeating: "0", count: max(0, 20 - number.count)) + number
    }

    var title: String { L("被隔离的变更", "Changes held back") }
    var isLive: Bool { true }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("count", .int(Int64(total))), ("sets", .array(sets.map(document))),
            (
                "reports",
                .array(
                    reports.map { report in
                        .object(
                            ["application", "no", "reason"].map {
                                ($0, report.text($0).map(JSONValue.string) ?? .null)
                            })
                    })
            ),
            ("next", next.map(JSONValue.string) ?? .null),
        ])
    }

    /// `device`, `number`, `seq`, `author`, `staff`, `at`, `code`, `reason`, `hint`, `changes` [`kind`, `record`,
    /// `operation`, `fields`]: what was written is masked, and on the page alone.
    private func document(_ kept: Kept) -> JSONValue {
        let failure = kept.entry.outcome.problem.map { Failure($0) }
        let changes = kept.set.changes.map { change in
            JSONValue.object([
                ("kind", .string(change.kind)), ("record", .string(change.record.description)),
                ("operation", .string(Self.name(of: change.operation))),
                ("fields", .array(change.edits.map { .string($0.field) })),
            ])
        }
        return .object([
            ("device", .string(kept.set.device.description)), ("number", .int(Int64(kept.set.number))),
            ("seq", .int(Int64(kept.entry.outcome.seq))), ("author", .string(kept.set.author)),
            ("staff", kept.station.map { .string($0.staff) } ?? .null),
            ("at", .string(kept.set.time.instant.description)),
            ("code", .int(Int64(kept.entry.outcome.problem?.code.rawValue ?? 0))),
            ("reason", .string(failure?.message ?? "")), ("hint", .string(failure?.hint ?? "")),
            ("changes", .array(changes)),
        ])
    }

    private static func name(of operation: Change.Operation) -> String {
        switch operation {
        case .create: "create"
        case .edit: "edit"
        case .delete: "delete"
        }
    }

    // MARK: - Body

    func body() -> HTML {
        .group([
            Parts.note(
                L(
                    "这些变更没有生效，也没有丢：由写的人在工作站上更正或撤回，下次同步后重新处理。请打电话告诉他原因。",
                    "These took no effect and are not lost: their author amends or withdraws them at the station, and the next sync brings them anew. Call and say why."
                )),
            sets.isEmpty && reports.isEmpty
                ? Tag.p(.class(.empty), text: L("没有被隔离的", "Nothing is kept aside")) : .empty,
            .group(sets.map(panel)),
            DeskParts.next(next.map { Link("quarantine", query: [("after", $0)]) }),
            refusedReports,
        ])
    }

    private func panel(_ kept: Kept) -> HTML {
        let problem = kept.entry.outcome.problem
        return Tag.section(.class(.panel)) {
            Tag.h2(text: problem.map { FailureParts.words($0) } ?? "")
            if let problem { Tag.p(.class(.hint), text: problem.pageHint) }
            Parts.facts([
                (L("填写人", "Author"), .text(kept.set.author)),
                (
                    L("工作站", "Station"),
                    .text(
                        kept.station.map { "\($0.staff) " + $0.state.scopes.map(\.code).joined(separator: " ") } ?? "-")
                ),
                (L("时间", "When"), Parts.time(kept.set.time.instant)),
                (L("说明", "Reason given"), .text(Shown.reason(kept.set.reason))),
                (L("号", "Number"), .text(String(kept.set.number))),
            ])
            Parts.table(
                L("要改的", "What it wanted"),
                [L("记录", "Record"), L("做什么", "What"), L("字段", "Field"), L("原值", "Old"), L("新值", "New")],
                rows: kept.set.changes.prefix(DeskParts.pageRows).flatMap(rows), stacks: true)
            if kept.set.changes.count > DeskParts.pageRows {
                Tag.p(
                    .class(.hint),
                    text: L(
                        "共 \(kept.set.changes.count) 条记录，只列前 \(DeskParts.pageRows) 条",
                        "The first \(DeskParts.pageRows) of \(kept.set.changes.count) records"))
            }
        }
    }

    private func rows(_ change: Change) -> [[HTML]] {
        let kind = schema.kind(change.kind)
        let record = Parts.link(
            kind?.label.text() ?? change.kind, Link("records", change.record.description))
        let what =
            switch change.operation {
            case .create: L("新建", "new")
            case .edit: L("修改", "edit")
            case .delete: L("删除", "delete")
            }
        guard !change.edits.isEmpty else { return [[record, .text(what), .empty, .empty, .empty]] }
        return change.edits.map { edit in
            func shown(_ value: Value) -> HTML {
                guard let kind, let field = kind.field(edit.field) else { return .text("-") }
                return Shown.value(value, of: field, in: kind)
            }
            return [
                record, .text(what), .text(FieldNames.label(of: edit.field, in: kind).text()), shown(edit.old),
                shown(edit.new),
            ]
        }
    }

    private var refusedReports: HTML {
        guard !reports.isEmpty else { return .empty }
        return Parts.panel(L("没有采用的核对报告", "Check reports that were not taken")) {
            Parts.table(
                L("核对报告", "Check reports"), [L("报告编号", "Number"), L("原因", "Reason"), L("办件", "Case")],
                rows: reports.map { report in
                    [
                        .text(report.text("no") ?? "-"), .text(report.text("reason") ?? "-"),
                        report.text("application").map { Parts.link(L("查看", "Open"), Link("cases", $0)) } ?? .empty,
                    ]
                })
        }
    }
}
