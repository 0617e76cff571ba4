import Assistance
import CommandSupport
import SyncEngine

/// The township's reports as lines of the catalogue.
enum ReportTables {
    static let entries: [TableCatalogue.Entry] = [
        .init(
            "ledger", Label(zh: "救助台账", en: "Ledger"), takes: [.village, .programme],
            clear: TableCatalogue.answerable
        ) { township, request in
            var filter = LedgerReader.CaseFilter(isInForce: true)
            filter.village = request.village?.code
            filter.programme = request.programme
            return try township.ledger.tables.ledger(filter, isClear: request.isClear)
        },
        .init("cases", Label(zh: "办件清单", en: "Cases"), takes: [.village, .programme]) { township, request in
            var filter = LedgerReader.CaseFilter()
            filter.village = request.village?.code
            filter.programme = request.programme
            return try township.ledger.tables.cases(filter)
        },
        .init("tasks", Label(zh: "待办事项", en: "Tasks"), takes: [.village]) { township, request in
            try township.ledger.tables.tasks(LedgerReader.TaskFilter(village: request.village?.code))
        },
        .init("flow", Label(zh: "救助对象变动表", en: "Recipients by month"), takes: [.year]) { township, request in
            let (first, last) = try months(request, township)
            return try township.ledger.tables.flow(from: first, through: last, isByVillage: false)
        },
        .init("flow-by-village", Label(zh: "各村救助对象变动表", en: "Recipients by village"), takes: [.month]) {
            township, request in
            let month = request.month ?? Month(of: township.clock().day)
            return try township.ledger.tables.flow(from: month, through: month, isByVillage: true)
        },
        .init("speed", Label(zh: "办理时效", en: "How fast cases are decided"), takes: [.year]) { township, request in
            let (first, last) = try days(request, township)
            return try township.ledger.tables.speed(from: first, through: last)
        },
        kept(.quality()), kept(.misses), kept(.exits),
        .init(QualityCounts.name, QualityCounts.title, takes: [.village]) { _, request in
            KeptTables.qualityCounts(in: request.village?.code ?? "").namingVillages()
        },
        .init("coverage", Label(zh: "经办力量和服务网点", en: "Staff and stations")) { township, _ in
            Table.coverage(township).namingVillages(of: "place")
        },
    ]

    /// As the last night computed it.
    private static func kept(_ table: HouseholdTable) -> TableCatalogue.Entry {
        .init(table.name, table.title, takes: [.village]) { _, request in
            KeptTables.table(table, in: request.village?.code ?? "").namingVillages()
        }
    }

    /// A year's months, the present one's up to now.
    static func months(_ request: TableCatalogue.Request, _ township: Township) throws -> (Month, Month) {
        let present = Month(of: township.clock().day)
        let year = request.year ?? present.year
        guard let first = Month("\(year)-01"), let last = Month("\(year)-12") else {
            throw Problem(.badValue, "\(year)")
        }
        return (first, min(last, max(present, first)))
    }

    private static func days(
        _ request: TableCatalogue.Request, _ township: Township
    ) throws -> (CalendarDay?, CalendarDay?) {
        let year = request.year ?? Month(of: township.clock().day).year
        return (CalendarDay("\(year)-01-01"), CalendarDay("\(year)-12-31"))
    }
}

extension TableCatalogue.Request {
    /// What a command's options or a page's query say.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``, ``Problem/Code/unknownScope``.
    init(_ said: (TableCatalogue.Parameter) -> String?, isClear: Bool = false) throws {
        month = try said(.month).map(Month.init(parsing:))
        year = try said(.year).map { text in
            guard let year = Int(text), (1949...9999).contains(year) else {
                throw Problem(.badValue, text, explanation: Label(zh: "年份写作 2026", en: "A year is 2026"))
            }
            return year
        }
        village = try said(.village).map { code in
            guard !code.isEmpty, code.utf8.count <= 12, code.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw Problem(.unknownScope, String(code.prefix(40)))
            }
            return Scope(code)
        }
        programme = try said(.programme).map { name in
            guard let programme = Programme(rawValue: name) else { throw Problem(.badValue, String(name.prefix(40))) }
            return programme
        }
        from = try said(.from).map(CalendarDay.init(typed:))
        to = try said(.to).map(CalendarDay.init(typed:))
        state = try said(.state).map { name in
            guard let state = RegisterList.State(rawValue: name) else {
                throw Problem(.badValue, String(name.prefix(40)))
            }
            return state
        }
        self.isClear = isClear
    }
}
