import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// A table whose rows come from one household after the other: computed anew, page by page, or kept by night
/// (``KeptTables``).
struct HouseholdTable: Sendable {
    let name: String
    let title: Label
    let columns: [Table.Column]
    /// The rows of one household, in a fixed order.
    let rows: @Sendable (HouseholdFile) throws -> [[KeptCell]]

    /// The table as the records say now.
    /// - Parameter scope: of which village or region, as a prefix of its code; empty for all.
    func table(_ township: Township, in scope: String = "") -> Table {
        Table(name, title, columns: columns) { after, limit, database in
            let reader = try HouseholdReader(township, in: database)
            return try page(after, limit: limit, in: scope, reader)
        }
    }

    /// Households that are looked at for a page of a table: few of them break a rule.
    private func page(
        _ after: Table.Place?, limit: Int, in scope: String, _ reader: HouseholdReader
    ) throws -> Table.Page {
        var place = after.flatMap { HouseholdPlace($0) } ?? HouseholdPlace(household: nil, given: 0)
        var found: [[Table.Cell]] = []
        while true {
            let (files, next) = try reader.page(from: place.household, in: scope)
            for file in files {
                let rows = try rows(file)
                // Where a page ended within a household, the next one goes on behind what was given.
                let skipped = file.id == place.household ? min(place.given, rows.count) : 0
                let taken = rows.dropFirst(skipped).prefix(limit - found.count)
                found += taken.map { $0.map(\.cell) }
                if found.count == limit {
                    let end = HouseholdPlace(household: file.id, given: skipped + taken.count)
                    return Table.Page(rows: found, next: end.place)
                }
            }
            guard let next else { return Table.Page(rows: found, next: nil) }
            place = HouseholdPlace(household: next, given: 0)
        }
    }
}

/// Where a page of a ``HouseholdTable`` begins: at a household, behind so many of its rows.
private struct HouseholdPlace {
    let household: RecordID?
    let given: Int

    init(household: RecordID?, given: Int) {
        self.household = household
        self.given = given
    }

    /// `nil` for a key that is none of this table's.
    init?(_ place: Table.Place) {
        let parts = place.key.split(separator: " ")
        guard parts.count == 2, let household = RecordID(String(parts[0])), let given = Int(parts[1]), given >= 0 else {
            return nil
        }
        self.init(household: household, given: given)
    }

    var place: Table.Place { Table.Place(key: "\(household?.description ?? "") \(given)") }
}

/// A cell that is kept: what it says in words it says in both languages, for the night does not know its readers.
enum KeptCell: Hashable, Sendable {
    case empty
    case text(String)
    case label(Label)
    case code(String, Label)
    case number(Int64)
    case fen(Int64)
    case day(CalendarDay)
    case percent(tenths: Int64)

    init(_ text: String?) { self = text.map(Self.text) ?? .empty }
    init(_ label: Label?) { self = label.map(Self.label) ?? .empty }
    init(_ day: CalendarDay?) { self = day.map(Self.day) ?? .empty }

    init(_ programme: Programme?) { self = programme.map { .code($0.rawValue, $0.label) } ?? .empty }

    var cell: Table.Cell {
        switch self {
        case .empty: .empty
        case .text(let text): .text(text)
        case .label(let label): .label(label)
        case .code(let code, let label): .code(code, label)
        case .number(let number): .number(number)
        case .fen(let fen): .fen(fen)
        case .day(let day): .day(day)
        case .percent(let tenths): .percent(tenths: tenths)
        }
    }

    /// Null, a text, a number, or an object of one key for what is neither.
    var json: JSONValue {
        switch self {
        case .empty: .null
        case .text(let text): .string(text)
        case .label(let label): .object([("zh", .string(label.zh)), ("en", .string(label.en))])
        case .code(let code, let label):
            .object([("code", .string(code)), ("zh", .string(label.zh)), ("en", .string(label.en))])
        case .number(let number): .int(number)
        case .fen(let fen): .object([("fen", .int(fen))])
        case .day(let day): .object([("day", .string(day.description))])
        case .percent(let tenths): .object([("tenths", .int(tenths))])
        }
    }

    /// - Returns: `nil` for what ``json`` does not write.
    init?(_ json: JSONValue) {
        switch json {
        case .null: self = .empty
        case .string(let text): self = .text(text)
        case .int(let number): self = .number(number)
        default:
            if let zh = json["zh"]?.text, let en = json["en"]?.text {
                let label = Label(zh: zh, en: en)
                self = json["code"]?.text.map { .code($0, label) } ?? .label(label)
            } else if case .int(let fen)? = json["fen"] {
                self = .fen(fen)
            } else if let day = json["day"]?.text.flatMap({ CalendarDay($0) }) {
                self = .day(day)
            } else if case .int(let tenths)? = json["tenths"] {
                self = .percent(tenths: tenths)
            } else {
                return nil
            }
        }
    }
}
