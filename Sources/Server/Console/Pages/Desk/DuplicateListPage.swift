import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// Who or what may be on record twice.
struct DuplicateListPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/duplicates") { console, request in
            let state = request.query["state"] ?? ""
            guard ["", "open", "all"].contains(state) else { throw Problem(.badValue, "state") }
            let isAll = state == "all"
            return try console.page { database, seq in
                let reader = DuplicateReader(tables: console.township.database.tables, database: database)
                let all = try reader.list(all: isAll)
                let shown = ListPage(all, after: request.query["after"], key: \.record.id.description)
                return DuplicateListPage(
                    seq: seq, isAll: isAll, items: shown.rows, next: shown.next, total: all.count)
            }
        }
    ]

    let seq: Seq
    let isAll: Bool
    let items: [DuplicateReader.Item]
    let next: String?
    let total: Int

    var title: String { L("疑似重复", "Duplicates") }
    var isLive: Bool { true }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("count", .int(Int64(total))), ("duplicates", .array(items.map(\.document))),
            ("next", next.map(JSONValue.string) ?? .null),
        ])
    }

    func body() -> HTML {
        .group([
            DeskParts.filters(Link("duplicates")) {
                Parts.select(
                    "state", L("状态", "State"),
                    options: [("open", L("待处理", "Open")), ("all", L("全部", "All"))], value: isAll ? "all" : "open")
            },
            Tag.p(.class(.hint), text: L("共 \(total) 项。", "\(total) in all.")),
            Parts.table(
                title,
                [L("疑点", "What"), L("记录一", "First"), L("记录二", "Second"), L("状态", "State"), L("处理人", "Decided by")],
                rows: items.map(cells)),
            DeskParts.next(
                next.map { Link("duplicates", query: [("state", isAll ? "all" : nil), ("after", $0)]) }),
        ])
    }

    private func cells(_ item: DuplicateReader.Item) -> [HTML] {
        func subject(_ index: Int) -> HTML {
            guard item.subjects.indices.contains(index) else { return .text("-") }
            let subject = item.subjects[index]
            return .group([.text(subject.text), Tag.br(), Tag.small { Shown.village(subject.record.scope.code) }])
        }
        return [
            Parts.link(item.rule.label.text(), Link("duplicates", item.record.id.description)), subject(0), subject(1),
            Parts.badge(item.state.label.text(), item.state == .open ? .soon : .fine),
            .text(item.value("decided_by").text ?? "-"),
        ]
    }
}
