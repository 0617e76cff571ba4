import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// What was written by one and waits for a leader's signature (R1, R10, R12, R61).
struct ToSign: Sendable {
    enum Kind: String, Sendable {
        case step, budget, recovery, dishonesty

        var label: Label {
            switch self {
            case .step: Label(zh: "办件签批", en: "Step of a case")
            case .budget: Label(zh: "预算", en: "Budget")
            case .recovery: Label(zh: "追回", en: "Recovery")
            case .dishonesty: Label(zh: "失信认定", en: "Dishonesty record")
            }
        }
    }

    let kind: Kind
    /// Of a case its application, else the record that is signed.
    let id: RecordID
    /// What is signed: a step's name, a programme.
    let what: Label
    /// Whom or what it is about.
    var about: String?
    var village: String?
    var amountFen: Int64?
    /// Where it is signed: the parts of a page's address.
    let path: [String]
}

extension ToSign {
    init(_ entry: LedgerCase) {
        let moves = entry.programme.map { CaseMachine.of($0).moves } ?? []
        let step = moves.first { $0.name == entry.awaits }?.label
        let programme = entry.programme?.label ?? Label(zh: "", en: "")
        let id = entry.application
        self.init(
            kind: .step, id: id,
            what: step.map { Label(zh: "\(programme.zh)：\($0.zh)", en: "\(programme.en): \($0.en)") } ?? programme,
            about: [entry.number, (entry.applicant ?? entry.head)?.name].compactMap(\.self).joined(separator: " "),
            village: entry.village.code, amountFen: entry.amountFen, path: ["cases", id.description])
    }

    /// Budgets that were asked for, recoveries that were proposed, dishonesty records without a decision: all of the first
    /// two, which are few, and the last by their index.
    static func others(
        _ township: Township, in database: Database, on day: CalendarDay
    ) throws -> (lines: [ToSign], count: Int) {
        let tables = township.database.tables
        let lines = try budgets(tables, database) + recoveries(tables, database)
        let list = RegisterList(register: try Register.named("dishonesty"), tables: tables, database: database)
        let waiting = try list.open(on: day, limit: TodayReader.Limit.lines).map { line in
            ToSign(
                kind: .dishonesty, id: line.record.record.id, what: Kind.dishonesty.label,
                about: line.record.text("name"), path: ["records", line.record.record.id.description])
        }
        return (lines + waiting, lines.count + (try list.counts(on: day)?.open ?? 0))
    }

    private static func budgets(_ tables: RecordTables, _ database: Database) throws -> [ToSign] {
        let all = try tables.all(of: MoneyKinds.budget, where: [], in: database).compactMap(Linked.init)
        let books = Dictionary(grouping: all) { $0.number("year") ?? 0 }
        return books.sorted { $0.key < $1.key }.flatMap { year, records -> [ToSign] in
            let book = BudgetBook(records)
            return book.records.filter { book.state(of: $0) == .proposed }.map { record in
                let programme = record.text("programme").flatMap(Programme.init)?.label ?? Label(zh: "", en: "")
                return ToSign(
                    kind: .budget, id: record.record.id,
                    what: Label(zh: "\(year) 年预算：\(programme.zh)", en: "Budget of \(year): \(programme.en)"),
                    about: record.text("proposed_by"), amountFen: record.number("amount_fen"),
                    path: ["money", "budget", String(year)])
            }
        }
    }

    private static func recoveries(_ tables: RecordTables, _ database: Database) throws -> [ToSign] {
        let ids = try Query(database, "SELECT id FROM recovery WHERE deleted = 0 AND decision IS NULL ORDER BY id")
            .all { $0.id(0) }
        return try tables.records(of: MoneyKinds.recovery, whose: "id", isOneOf: ids, in: database)
            .compactMap(Linked.init).map { record in
                ToSign(
                    kind: .recovery, id: record.record.id, what: Kind.recovery.label, about: record.text("proposed_by"),
                    village: record.record.scope.code, amountFen: record.number("amount_fen"),
                    path: ["money", "recoveries"])
            }
    }
}
