import Assistance
import CommandSupport
import SyncEngine

/// The statistics as tables (R70; DOMAIN section 8).
extension LedgerTables {
    private static let flowColumns = [
        Table.Column("month", "月份", "Month"), Table.Column("programme", "项目", "Programme"),
        Table.Column("village", "村居", "Village"), Table.Column("opening", "期初", "Opening"),
        Table.Column("new", "新增", "New"), Table.Column("exits", "退出", "Exits"),
        Table.Column("movedIn", "转入", "Moved in"), Table.Column("movedOut", "转出", "Moved out"),
        Table.Column("closing", "期末", "Closing"),
    ]

    /// Who receives a benefit, by month: opening + new − exits ± transfers = closing. By village too, if it is wanted.
    /// - Throws: what bringing the ledger up to date throws.
    func flow(from: Month, through: Month, isByVillage: Bool) throws -> Table {
        let (held, names) = (try ledger.held(), try villageNames())
        let (name, title) =
            isByVillage
            ? ("flow-by-village", Label(zh: "各村救助对象变动表", en: "Recipients by village"))
            : ("flow", Label(zh: "救助对象变动表", en: "Recipients by month"))
        return Table(name, title, columns: Self.flowColumns) { _ in
            try held.read { try $0.flow(from: from, through: through, isByVillage: isByVillage) }.rows.map {
                row in
                [
                    .text(row.month.description), Table.Cell(row.programme),
                    row.village.map { Table.Cell($0, names) } ?? .empty,
                    .number(Int64(row.opening)), .number(Int64(row.new)), .number(Int64(row.exits)),
                    .number(Int64(row.movedIn)), .number(Int64(row.movedOut)), .number(Int64(row.closing)),
                ]
            }
        }
    }

    private static let speedColumns = [
        Table.Column("village", "村居", "Village"), Table.Column("programme", "项目", "Programme"),
        Table.Column("clock", "期限", "Clock"), Table.Column("done", "办结", "Done"),
        Table.Column("onTime", "按时", "In time"), Table.Column("rate", "按时率", "On-time rate"),
        Table.Column("meanWorkingDays", "平均工作日", "Mean working days"),
        Table.Column("overdue", "超期未办", "Overdue"),
    ]

    /// On-time rate and mean working days of what was done in these days, village by village.
    /// - Throws: what bringing the ledger up to date throws.
    func speed(from: CalendarDay?, through: CalendarDay?) throws -> Table {
        let (held, names) = (try ledger.held(), try villageNames())
        return Table("speed", Label(zh: "办理时效", en: "How fast cases are decided"), columns: Self.speedColumns) {
            _ in
            try held.read { try $0.statisticsByVillage(from: from, through: through) }
                .flatMap { village, statistics in statistics.rows.map { Self.row($0, in: village, names) } }
        }
    }

    private static func row(_ row: CaseStatistics.Row, in village: Scope, _ names: VillageNames) -> [Table.Cell] {
        [
            Table.Cell(village, names), Table.Cell(row.programme),
            .code(row.clock.rawValue, row.clock.label),
            .number(Int64(row.done)), .number(Int64(row.onTime)),
            row.done == 0 ? .empty : .percent(tenths: Int64((row.onTime * 2_000 + row.done) / (row.done * 2))),
            Table.Cell(row.meanWorkingDays?.tenths), .number(Int64(row.overdue)),
        ]
    }
}
