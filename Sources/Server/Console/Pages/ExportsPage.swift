import CommandSupport
import Markup
import SyncEngine

/// Every table that can be taken away, and the way in for rosters.
struct ExportsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/exports") { console, request in
            let entries = TableCatalogue.entries.filter { $0.admits(request.person) }
            return try console.page { _, seq in ExportsPage(seq: seq, entries: entries) }
        }
    ]

    let seq: Seq
    /// Those that the reader may look at.
    let entries: [TableCatalogue.Entry]

    var title: String { L("导入导出", "Files") }

    var json: JSONValue {
        .object([
            (
                "tables",
                .array(
                    entries.map { entry in
                        .object([
                            ("table", .string(entry.name)), ("title", .string(entry.title.text())),
                            ("takes", .array(entry.parameters.map(\.rawValue).sorted().map(JSONValue.string))),
                        ])
                    })
            )
        ])
    }

    func body() -> HTML {
        let reports = Set(ReportTables.entries.map(\.name))
        return .group([
            Parts.panel(L("导入名册", "Rosters in")) {
                Tag.p {
                    L("从表格（CSV）导入，先试后写：", "From a spreadsheet (CSV), a dry run first: ")
                    Parts.link(L("导入名册", "Import a roster"), Link("imports"))
                }
            },
            list(
                L("台账、统计和清单", "Ledger, statistics and lists"),
                entries.filter { reports.contains($0.name) }),
            list(L("各类记录", "Records by kind"), entries.filter { !reports.contains($0.name) }),
        ])
    }

    private func list(_ title: String, _ entries: [TableCatalogue.Entry]) -> HTML {
        Parts.panel(title) {
            Parts.table(
                title, [L("表", "Table"), L("下载", "Download")],
                rows: entries.map { entry in
                    [
                        Parts.link(entry.title.text(), Link("tables", entry.name)),
                        entry.needs.isEmpty ? files(entry) : .text(L("打开后选择", "Open it and choose")),
                    ]
                })
        }
    }

    private func files(_ entry: TableCatalogue.Entry) -> HTML {
        .group(
            TableFormat.allCases.map { format in
                .group([
                    Tag.a(
                        .href(Link(["tables", entry.name, "file"], query: [("format", format.rawValue)])),
                        .ariaLabel("\(entry.title.text()) \(format.rawValue.uppercased())"),
                        text: format.rawValue.uppercased()), " ",
                ])
            })
    }
}
