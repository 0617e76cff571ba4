import Assistance
import CommandSupport
import SyncEngine

/// Every table that can be taken away, by its name.
struct TableCatalogue: Sendable {
    /// What a table can be asked for.
    enum Parameter: String, CaseIterable, Sendable {
        case month, year, village, programme, from, to, state
    }

    /// What it is asked for.
    struct Request: Sendable {
        var month: Month?
        var year: Int?
        /// A village's code, or the beginning of one.
        var village: Scope?
        var programme: Programme?
        /// Both days count.
        var from: CalendarDay?
        var to: CalendarDay?
        /// Which entries of a register.
        var state: RegisterList.State?
        /// Whether numbers and sensitive values are shown as they are; whoever asks has to say why (``Disclosure``).
        var isClear = false
    }

    struct Entry: Sendable {
        let name: String
        let title: Label
        let parameters: Set<Parameter>
        /// Without these there is no table.
        let needs: Set<Parameter>
        /// Who at the desk may look at it and take it away, masked.
        let readers: Set<Role>
        /// Who at the desk may take it away in clear; `nil` where nothing is masked that could be shown. Whoever runs the
        /// command is asked by the machine.
        let clearReaders: Set<Role>?
        /// Makes the table; its rows are read later, on the snapshot of the export.
        let make: @Sendable (Township, Request) throws -> Table

        init(
            _ name: String, _ title: Label, takes parameters: Set<Parameter> = [], needs: Set<Parameter> = [],
            readers: Set<Role> = Set(Role.allCases), clear clearReaders: Set<Role>? = nil,
            make: @escaping @Sendable (Township, Request) throws -> Table
        ) {
            self.name = name
            self.title = title
            self.parameters = parameters.union(needs)
            self.needs = needs
            self.readers = readers
            self.clearReaders = clearReaders
            self.make = make
        }

        /// A table that is the same for everybody.
        init(_ make: @autoclosure () -> Table) {
            let table = make()
            self.init(table.name, table.title) { _, _ in table }
        }
    }

    /// Who answers for what is looked at: who takes a township's numbers in clear, and sees who looked at whom.
    static let answerable: Set<Role> = [.leader, .auditor]

    /// To register a table is a line here.
    static let entries: [Entry] =
        [
            DeskTables.devices,
            DeskTables.conflicts,
            DeskTables.duplicates,
            PayFileTable.entry,
        ] + ReportTables.entries + RegisterTable.entries + RecordTable.entries

    /// The table of a name.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for a name that is none, a parameter that it does not take, or one
    ///   that is missing; what making the table throws.
    static func table(_ name: String, _ request: Request, of township: Township) throws -> Table {
        let entry = try entry(name)
        guard !request.isClear || entry.clearReaders != nil else {
            throw Problem(
                .badValue, name,
                explanation: Label(zh: "“\(name)”没有隐去的内容", en: "Nothing of \(name) is masked that could be shown"))
        }
        for parameter in Parameter.allCases where request.has(parameter) && !entry.parameters.contains(parameter) {
            throw Problem(
                .badValue, parameter.rawValue,
                explanation: Label(
                    zh: "“\(name)”不能按 \(parameter.rawValue) 选取", en: "\(name) takes no \(parameter.rawValue)"))
        }
        for parameter in Parameter.allCases where !request.has(parameter) && entry.needs.contains(parameter) {
            throw Problem(
                .badValue, parameter.rawValue,
                explanation: Label(
                    zh: "“\(name)”要写明 \(parameter.rawValue)", en: "\(name) needs a \(parameter.rawValue)"))
        }
        return try entry.make(township, request)
    }
}

extension TableCatalogue {
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for a name that is none.
    static func entry(_ name: String) throws -> Entry {
        if let entry = entries.first(where: { $0.name == name }) { return entry }
        throw Problem(
            .badValue, name,
            explanation: Label(zh: "没有“\(name)”这个表", en: "There is no table \(name)"),
            hint: Label(zh: "ruhu-server export list 列出所有的表", en: "ruhu-server export list names them"))
    }
}

extension TableCatalogue.Entry {
    /// Whether somebody at the desk may look at it, or take it in clear.
    func admits(_ person: Person, isClear: Bool = false) -> Bool {
        readers.contains(person.role) && (!isClear || clearReaders?.contains(person.role) ?? false)
    }
}

extension TableCatalogue.Request {
    fileprivate func has(_ parameter: TableCatalogue.Parameter) -> Bool {
        switch parameter {
        case .month: month != nil
        case .year: year != nil
        case .village: village != nil
        case .programme: programme != nil
        case .from: from != nil
        case .to: to != nil
        case .state: state != nil
        }
    }
}
