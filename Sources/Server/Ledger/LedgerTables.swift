import Assistance
import CommandSupport
import SyncEngine

/// The ledger as tables: on a page, as files, in JSON. Making one brings the ledger up to date and holds it: all its pages
/// are of that moment, wherever the other tables of an export are read.
struct LedgerTables: Sendable {
    let ledger: Ledger

    /// 台账 (R17; DOMAIN section 8): who receives what since when, in the order of villages and household numbers.
    /// Identity numbers are masked unless they are asked for. People read household numbers: ids stand last.
    static let ledgerColumns = [
        Table.Column("number", "户编号", "Household", .link(.households, id: "household")),
        Table.Column("head", "户主", "Head", .link(.households, id: "household")),
        Table.Column("idNumber", "身份证号", "Identity number"), Table.Column("village", "村居", "Village"),
        Table.Column("programme", "项目", "Programme"), Table.Column("status", "状态", "Status"),
        Table.Column("members", "人数", "Persons"), Table.Column("income", "年收入", "Annual income"),
        Table.Column("amount", "金额", "Amount"), Table.Column("from", "起始月", "From"),
        Table.Column("change", "变更", "Last change"), Table.Column("changedOn", "变更日期", "Changed on"),
        Table.Column("pack", "政策包版本", "Policy pack"), Table.Column("case", "案件号", "Case", .open(.cases)),
        Table.Column("household", "住户", "Household id", .hidden),
    ]

    /// - Parameter filter: which cases; left out, those in force.
    /// - Throws: what bringing the ledger up to date throws.
    func ledger(
        _ filter: LedgerReader.CaseFilter = LedgerReader.CaseFilter(isInForce: true), isClear: Bool = false
    ) throws -> Table {
        try table("ledger", Label(zh: "救助台账", en: "Ledger"), Self.ledgerColumns, filter) {
            Self.ledgerRow($0, $1, isClear: isClear)
        }
    }

    /// What the villages are called now.
    func villageNames() throws -> VillageNames {
        try ledger.township.database.read { try VillageDesk.names(in: $0) }
    }

    static func ledgerRow(_ entry: LedgerCase, _ names: VillageNames, isClear: Bool = false) -> [Table.Cell] {
        [
            Table.Cell(entry.number), Table.Cell(entry.person?.name),
            Table.Cell(entry.person?.idNumber.map { isClear ? $0 : Masking.identityNumber($0) }),
            Table.Cell(entry.village, names), Table.Cell(entry.programme), Table.Cell(entry.status),
            .number(Int64(entry.members)), fen(entry.incomeFen), fen(entry.amountFen),
            Table.Cell(entry.fromMonth?.description), Table.Cell(entry.change), Table.Cell(entry.changedOn),
            Table.Cell(entry.pack), .text(entry.application.description), Table.Cell(entry.household?.description),
        ]
    }

    private static let caseColumns = [
        Table.Column("number", "户编号", "Household", .link(.households, id: "household")),
        Table.Column("applicant", "申请人", "Applicant"),
        Table.Column("village", "村居", "Village"),
        Table.Column("programme", "项目", "Programme"), Table.Column("status", "状态", "Status"),
        Table.Column("appliedOn", "申请日期", "Applied on"), Table.Column("clerk", "经办人", "Clerk"),
        Table.Column("change", "变更", "Last change"), Table.Column("changedOn", "变更日期", "Changed on"),
        Table.Column("case", "案件号", "Case", .open(.cases)),
        Table.Column("household", "住户", "Household id", .hidden),
    ]

    /// All cases, or those of a filter.
    /// - Throws: what bringing the ledger up to date throws.
    func cases(_ filter: LedgerReader.CaseFilter = LedgerReader.CaseFilter()) throws -> Table {
        try table("cases", Label(zh: "办件清单", en: "Cases"), Self.caseColumns, filter) { entry, names in
            [
                Table.Cell(entry.number), Table.Cell((entry.applicant ?? entry.head)?.name),
                Table.Cell(entry.village, names),
                Table.Cell(entry.programme), Table.Cell(entry.status), Table.Cell(entry.appliedOn),
                Table.Cell(entry.clerk), Table.Cell(entry.change),
                Table.Cell(entry.changedOn), .text(entry.application.description),
                Table.Cell(entry.household?.description),
            ]
        }
    }

    private func table(
        _ name: String, _ title: Label, _ columns: [Table.Column], _ filter: LedgerReader.CaseFilter,
        _ row: @escaping @Sendable (LedgerCase, VillageNames) -> [Table.Cell]
    ) throws -> Table {
        let (held, names) = (try ledger.held(), try villageNames())
        return Table(name, title, columns: columns) { after, limit, _ in
            let found = try held.read { try $0.cases(filter, after: after?.key, limit: limit) }
            return Table.Page(
                rows: found.map { row($0, names) },
                next: found.count < limit ? nil : found.last.map { Table.Place(key: $0.place) })
        }
    }

    private static let taskColumns = [
        Table.Column("due", "到期", "Due"), Table.Column("daysLate", "超期天数", "Days late"),
        Table.Column("task", "要办的事", "Task"), Table.Column("rule", "规定", "Rule", .hidden),
        Table.Column("number", "户编号", "Household", .link(.households, id: "household")),
        Table.Column("village", "村居", "Village"), Table.Column("programme", "项目", "Programme"),
        Table.Column("clerk", "经办人", "Clerk"), Table.Column("case", "案件号", "Case", .open(.cases)),
        Table.Column("household", "住户", "Household id", .hidden),
    ]

    /// What has to be done, the earlier due first.
    /// - Throws: what bringing the ledger up to date throws.
    func tasks(_ filter: LedgerReader.TaskFilter = LedgerReader.TaskFilter()) throws -> Table {
        let (held, names) = (try ledger.held(), try villageNames())
        return Table("tasks", Label(zh: "待办事项", en: "Tasks"), columns: Self.taskColumns) {
            after, limit, _ in
            try held.read { reader in
                let place = after.flatMap { LedgerPlace($0.key) }
                let found = try reader.tasks(filter, after: place, limit: limit)
                return Table.Page(
                    rows: found.map { Self.row($0, at: reader.now, names) },
                    next: found.count < limit ? nil : found.last.map { Table.Place(key: LedgerPlace($0).key) })
            }
        }
    }

    private static func row(_ task: DueTask, at now: Instant, _ names: VillageNames) -> [Table.Cell] {
        let days = task.daysLate(at: now)
        return [
            .day(task.due.day), days > 0 ? .number(Int64(days)) : .empty, .code(task.kind.rawValue, task.kind.label),
            Table.Cell(task.kind.rule?.code), Table.Cell(task.number), Table.Cell(task.village, names),
            Table.Cell(task.programme), Table.Cell(task.clerk), Table.Cell(task.application?.description),
            Table.Cell(task.household?.description),
        ]
    }

    private static func fen(_ fen: Int64?) -> Table.Cell { fen.map(Table.Cell.fen) ?? .empty }
}

extension LedgerCase {
    /// Whose name stands in the ledger: the head's; of a programme for a person his own.
    var person: LedgerEntry.Person? {
        programme?.isPersonal == true ? applicant ?? head : head ?? applicant
    }

    /// The step that was taken last, as a clerk calls it.
    var change: Label? {
        guard let lastMove, let programme else { return nil }
        return CaseMachine.of(programme).moves.first { $0.name == lastMove }?.label
    }
}
