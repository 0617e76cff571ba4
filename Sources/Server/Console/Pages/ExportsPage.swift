import Assistance
import CommandSupport
import Markup
import SyncEngine

/// Every table that can be taken away, and the way in for rosters.
struct ExportsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/exports") { console, request in
            let entries = TableCatalogue.entries.filter { $0.admits(request.person) }
            let mayImport = Permission.work.isGiven(to: request.person.role)
            return try console.page { database, seq in
                let absent = try entries.map(\.name).filter { try !KeptTables.isComputed($0, in: database) }
                return ExportsPage(seq: seq, entries: entries, absent: Set(absent), mayImport: mayImport)
            }
        }
    ]

    let seq: Seq
    /// Those that the reader may look at.
    let entries: [TableCatalogue.Entry]
    /// Those that no night has computed yet.
    let absent: Set<String>
    let mayImport: Bool

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
        let registers = Set(RegisterTable.entries.map(\.name))
        // A register says more than the records that it is made of.
        let kinds = Register.all.filter { !$0.isExport }.compactMap { AssistanceSchema.current.kind($0.kindName) }
        let others = reports.union(registers).union(kinds.map(RecordTable.name))
        return .group([
            mayImport ? imports : .empty,
            list(
                L("台账、统计和清单", "Ledger, statistics and lists"),
                entries.filter { reports.contains($0.name) }),
            list(L("登记簿", "Registers"), entries.filter { registers.contains($0.name) }),
            list(
                L("各类记录（原始数据，供查账和交接）", "Records by kind (as they are kept, for audits)"),
                entries.filter { !others.contains($0.name) }),
        ])
    }

    private var imports: HTML {
        Parts.panel(L("导入名册", "Rosters in")) {
            Tag.p {
                L("从表格（CSV）导入，先试后写：", "From a spreadsheet (CSV), a dry run first: ")
                Parts.link(L("导入名册", "Import a roster"), Link("imports"))
            }
        }
    }

    private func list(_ title: String, _ entries: [TableCatalogue.Entry]) -> HTML {
        Parts.panel(title) {
            Parts.table(
                title, [L("表", "Table"), L("下载", "Download")],
                rows: entries.map { entry in
                    [
                        Parts.link(entry.title.text(), Link("tables", entry.name)),
                        absent.contains(entry.name)
                            ? .text(L("还没有算过，夜间任务运行后才有", "Not computed yet: the night job does it"))
                            : entry.needs.isEmpty ? files(entry) : .text(L("打开后选择", "Open it and choose")),
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
