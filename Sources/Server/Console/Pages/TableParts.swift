import Assistance
import CommandSupport
import GRDB
import Markup
import SyncEngine

/// What the pages of tables share: what they can be asked for, where they go on, how they are taken away.
enum TableParts {
    /// As of when a table of the night is; that there is none yet.
    static func nightNote(_ edition: KeptTables.Edition?) -> HTML {
        edition.map { Parts.note(L("夜间任务算出，截至 ", "Computed by the night job, as of ") + PlainText.of($0.asOf)) }
            ?? Parts.note(L("还没有算过，夜间任务运行后才有。", "Not computed yet: the night job does it."), .soon)
    }

    /// What can be chosen rather than typed.
    struct Known: Sendable {
        /// The present one first.
        let months: [Month]
        var year: Int { months.first?.year ?? 0 }

        /// Months back from the present one that can be chosen.
        private static let monthCount = 36

        init(_ township: Township) {
            var month = Month(of: township.clock().day)
            months = (0..<Self.monthCount).map { _ in
                defer { month = month.previous }
                return month
            }
        }

        /// Townships, where there are several, then villages.
        var regions: [(value: String, text: String)] {
            let villages = VillageNames.current
            let townships = Set(villages.codes.map { String($0.prefix(9)) }).sorted()
            let whole =
                townships.count < 2 ? [] : townships.map { (value: $0, text: L("\($0) 全镇", "\($0), all of it")) }
            return whole + villages.codes.map { (value: $0, text: villages.title(of: $0)) }
        }
    }

    static func query(
        _ request: ConsoleRequest, after: Table.Place? = nil, format: TableFormat? = nil
    ) -> [(String, String?)] {
        TableCatalogue.Parameter.allCases.map {
            ($0.rawValue, request.query[$0.rawValue].flatMap { $0.isEmpty ? nil : $0 })
        }
            + [("after", after?.key), ("format", format?.rawValue)]
    }

    /// A form that asks for what the table takes.
    static func filters(
        of entry: TableCatalogue.Entry, _ request: ConsoleRequest, _ known: Known, action: Link? = nil
    ) -> HTML {
        guard !entry.parameters.isEmpty else { return .empty }
        return form(action ?? Link("tables", entry.name)) {
            for parameter in TableCatalogue.Parameter.allCases where entry.parameters.contains(parameter) {
                field(
                    parameter, value: request.query[parameter.rawValue] ?? "",
                    isNeeded: entry.needs.contains(parameter), known)
            }
        }
    }

    static func form(_ action: Link, @HTMLBuilder fields: () -> HTML) -> HTML {
        let fields = fields()
        return Tag.form(.class(.filters), .action(action), .method(.get)) {
            fields
            Tag.div(.class(.buttons)) { Tag.button(.type(.submit), text: L("查看", "Show")) }
        }
    }

    static func field(
        _ parameter: TableCatalogue.Parameter, value: String, isNeeded: Bool = false, _ known: Known
    ) -> HTML {
        let (name, all) = (parameter.rawValue, [(value: "", text: L("全部", "All"))])
        switch parameter {
        case .month:
            let months = known.months.map { (value: $0.description, text: $0.description) }
            let present = isNeeded ? value : value.isEmpty ? months[0].value : value
            let none = isNeeded && value.isEmpty ? [(value: "", text: L("请选择", "Choose"))] : []
            return Parts.select(name, L("月份", "Month"), options: none + with(present, months), value: present)
        case .year:
            return Parts.field(name, L("年份", "Year"), value: value.isEmpty ? "\(known.year)" : value, limit: 4)
        case .village:
            return Parts.select(name, L("村居", "Village"), options: all + with(value, known.regions), value: value)
        case .programme:
            return Parts.select(
                name, L("救助项目", "Programme"),
                options: all + Programme.allCases.map { ($0.rawValue, $0.label.text()) }, value: value)
        case .from: return Parts.field(name, L("自", "From"), type: .date, value: value, limit: 10)
        case .to: return Parts.field(name, L("至", "To"), type: .date, value: value, limit: 10)
        case .state:
            return Parts.select(
                name, L("状态", "State"),
                options: all + RegisterList.State.allCases.map { ($0.rawValue, $0.label.text()) }, value: value)
        }
    }

    /// What was asked for can be chosen too.
    private static func with(
        _ value: String, _ options: [(value: String, text: String)]
    ) -> [(value: String, text: String)] {
        value.isEmpty || options.contains { $0.value == value } ? options : [(value, value)] + options
    }

    static func pages(
        _ path: [String], _ request: ConsoleRequest, next: Table.Place?, also: [(String, String?)] = []
    ) -> HTML {
        guard next != nil || request.query["after"] != nil else { return .empty }
        return Tag.ul(.class(.pages)) {
            if request.query["after"] != nil {
                Tag.li { Parts.link(L("回到开头", "From the beginning"), Link(path, query: query(request) + also)) }
            }
            if let next {
                Tag.li { Parts.link(L("下一页", "Next page"), Link(path, query: query(request, after: next) + also)) }
            }
        }
    }

    static func files(of entry: TableCatalogue.Entry, _ request: ConsoleRequest) -> HTML {
        let path = ["tables", entry.name, "file"]
        let mayClear = entry.admits(request.person, isClear: true)
        return Parts.panel(L("下载", "Download")) {
            Tag.ul(.class(.pages)) {
                for format in TableFormat.allCases {
                    Tag.li {
                        Parts.link(format.rawValue.uppercased(), Link(path, query: query(request, format: format)))
                    }
                }
            }
            if entry.clearReaders != nil {
                Parts.note(L("文件中证件号、账号和敏感内容已隐去。", "Numbers of people and sensitive values are masked in the files."))
            }
            if mayClear {
                Tag.details {
                    Tag.summary(text: L("含完整信息的文件", "The file with full information"))
                    Parts.form(
                        Link(path, query: query(request, format: .xlsx)), request, seen: 0,
                        submit: L("下载含完整信息的 XLSX", "Download XLSX with full information"), style: .danger
                    ) {
                        Parts.reason(help: L("理由会写进日志，不能修改", "The reason goes into the log and stays"))
                    }
                }
            }
        }
    }
}
