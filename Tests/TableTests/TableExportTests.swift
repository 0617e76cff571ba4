import Assistance
import CommandSupport
import Foundation
import GRDB
import NIOCore
import SyncEngine
import Synchronization
import Testing

@testable import Server

/// An export is of one seq, comes a page at a time, and shows no more than it may.
@Suite struct TableExportTests {
    private let world: TestTownship

    init() throws { world = try TestTownship() }

    private func table(_ name: String, _ request: TableCatalogue.Request = .init()) throws -> Server.Table {
        try TableCatalogue.table(name, request, of: world.township)
    }

    private static func bytes(_ body: TableExport.Body) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in body { bytes += chunk.readableBytesView }
        return bytes
    }

    @Test(arguments: TableFormat.allCases) func aBodyHasTheBytesOfTheFile(format: TableFormat) async throws {
        for number in 1...3 {
            try world.add("household", [("village", .text("370404101201")), ("number", .text("\(number)"))])
        }
        let households = try table("households")
        let body = try TableExport(households, as: format, from: world.township).body()
        #expect(try await Self.bytes(body) == (try world.file(households, format)))
    }

    @Test func whatIsWrittenMeanwhileIsInNoPage() async throws {
        for number in 1...1_500 {
            try world.add("household", [("village", .text("370404101201")), ("number", .text("\(number)"))])
            if number == 5 { break }
        }
        let kind = householdKind
        let households = try table("households")
        // Pages of two, so that there are some to come.
        let paged = Server.Table("paged", kind.label, columns: households.columns) {
            try households.page($0, min($1, 2), $2)
        }
        let export = try TableExport(paged, as: .json, from: world.township)
        var iterator = try export.body().makeAsyncIterator()
        var bytes = Array(try #require(try await iterator.next()).readableBytesView)
        try world.add("household", [("village", .text("370404101201")), ("number", .text("new"))])
        while let chunk = try await iterator.next() { bytes += chunk.readableBytesView }
        let document = try #require(try JSONParser.documents(bytes).first)
        #expect(document["count"] == .int(5) && document["seq"] == .int(Int64(export.edition.seq)))
        #expect(try JSONParser.documents(world.file(households, .json)).first?["count"] == .int(6))
    }

    /// The first bytes are there when the first page is, not when the last one is.
    @Test func theFirstChunkComesWithTheFirstPage() async throws {
        let counter = Counter()
        let table = Server.Table("long", Label(zh: "长", en: "Long"), columns: [.init("n", "数", "N")]) { place, _, _ in
            counter.add()
            let start = place.flatMap { Int64($0.key) } ?? 0
            return .init(rows: [[.number(start)]], next: start < 9 ? .init(key: "\(start + 1)") : nil)
        }
        var iterator = try TableExport(table, as: .csv, from: world.township).body().makeAsyncIterator()
        #expect(try await iterator.next()?.readableBytes ?? 0 > 0)
        #expect(counter.value == 1)
    }

    /// A township's pay file on one page of the console was thousands of rows.
    @Test func whatIsComputedAtOnceIsShownAScreenAtATimeAndTakenAwayInOneGo() throws {
        let counter = Counter()
        let table = Server.Table("short", Label(zh: "短", en: "Short"), columns: [.init("n", "数", "N")]) { _ in
            counter.add()
            return (0..<2_345).map { [.number($0)] }
        }
        let screens = try world.township.database.read { database in
            var (sizes, place): ([Int], Server.Table.Place?) = ([], nil)
            repeat {
                let page = try table.page(place, 1_000, database)
                sizes.append(page.rows.count)
                place = page.next
            } while place != nil
            return sizes
        }
        #expect(screens == [1_000, 1_000, 345])
        #expect(try world.township.database.read { try table.page(.init(key: "-7"), 2, $0).rows.count } == 2)
        #expect(try world.township.database.read { try table.page(.init(key: "x9999"), 2, $0).rows.count } == 2)
        let before = counter.value
        #expect(try world.text(table, .csv).split(separator: "\r\n").count == 2_346)
        #expect(counter.value == before + 1)
    }

    /// In a process of its own: the memory of this one is that of all tests that run beside this one.
    @Test func memoryStaysFlatOverTwoHundredThousandRows() async {
        await #expect(processExitsWith: .success) {
            let world = try TestTownship()
            for format in TableFormat.allCases {
                let before = try Self.residentKiB()
                var (most, size) = (before, 0)
                for try await chunk in try TableExport(Self.longTable, as: format, from: world.township).body() {
                    size += chunk.readableBytes
                    most = max(most, try Self.residentKiB())
                }
                #expect(most - before < 32 * 1024, "\(format): \(most - before) KiB more")
                #expect(size > (format == .xlsx ? 1 : 60) * 1024 * 1024)
            }
        }
    }

    /// 200,000 rows, more than 60 MiB as text.
    private static var longTable: Server.Table {
        let filler = String(repeating: "住址", count: 60)
        let columns = (0..<6).map { Server.Table.Column("c\($0)", "列\($0)", "C\($0)") }
        return Server.Table("long", Label(zh: "长表", en: "Long"), columns: columns) { place, limit, _ in
            let start = place.flatMap { Int64($0.key) } ?? 0
            let rows = (start..<start + Int64(limit)).map { number -> [Server.Table.Cell] in
                [
                    .number(number), .text("\(number) \(filler)"), .fen(number), .text("370404198001010014"),
                    .text("张三"), .empty,
                ]
            }
            let next = start + Int64(limit)
            return .init(rows: rows, next: next < 200_000 ? .init(key: "\(next)") : nil)
        }
    }

    private static func residentKiB() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
        return (Int(pages) ?? 0) * 4
    }

    @Test func numbersOfPeopleAreMaskedUnlessTheyAreAskedForWithAReason() throws {
        let home = try world.add("household", [("village", .text("370404101201")), ("phones", .list(["13800001234"]))])
        try world.add(
            "member",
            [
                ("household", .text(home.description)), ("name", .text("张三")), ("disease", .text("糖尿病")),
                ("id_number", .text("370404198001010014")),
            ])
        let masked = try world.text(table("members"), .csv) + world.text(table("households"), .csv)
        #expect(masked.contains("张三") && masked.contains("3704**********0014") && masked.contains("138****1234"))
        for secret in ["370404198001010014", "糖尿病", "13800001234"] { #expect(!masked.contains(secret)) }
        var request = TableCatalogue.Request()
        request.isClear = true
        var act = world.act
        act.reason = " "
        #expect(throws: Problem.self) {
            try TableExport(of: "members", request, as: .csv, from: world.township, act: act)
        }
        #expect(try disclosures().isEmpty)
        let export = try TableExport(of: "members", request, as: .csv, from: world.township, act: world.act)
        let path = world.url.appending(path: "clear.csv").path
        try export.write(to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("370404198001010014"))
        #expect(try disclosures() == ["export members.csv 区审计抽查核对 王"])
    }

    private func disclosures() throws -> [String] {
        let tables = world.township.database.tables
        return try world.township.database.read { database in
            try tables.all(of: Disclosure.kind, where: [], in: database).map { record in
                ["fields", "reason", "account"].compactMap { record.value($0, in: Disclosure.kind).text }
                    .joined(separator: " ")
            }
        }
    }

    @Test func aVillageIsItselfAndNothingBeside() throws {
        for village in ["370404101201", "370404101202", "370404101203"] {
            try world.add("household", [("village", .text(village)), ("number", .text(village))])
        }
        var request = TableCatalogue.Request()
        request.village = Scope("370404101202")
        let text = try world.text(table("households", request), .csv)
        #expect(text.contains("370404101202") && !text.contains("370404101201") && !text.contains("370404101203"))
        request.village = Scope("3704041012")
        #expect(try world.text(table("households", request), .csv).split(separator: "\r\n").count == 4)
    }

    /// Looking through all visits of a district for those of one village took a third of a second.
    @Test func aVillagesRecordsAreFoundByIndexInTheirOrder() throws {
        let plan = try world.township.database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    EXPLAIN QUERY PLAN SELECT * FROM visit WHERE id > x'00' AND scope = '370404101201' AND deleted = 0 \
                    ORDER BY id LIMIT 50
                    """
            ).map { $0["detail"] as String }
        }
        #expect(plan == ["SEARCH visit USING INDEX visit_by_scope (scope=? AND id>?)"])
    }

    /// Rows that the night keeps, of one village: not all rows of the table.
    @Test func aVillagesKeptRowsAreFoundByIndexInTheirOrder() throws {
        let plan = try world.township.database.read { database in
            try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN " + KeptTables.pageSQL(of: "370404101201"),
                arguments: ["quality", 1, -1, "370404101201", 50]
            ).map { $0["detail"] as String }
        }
        #expect(
            plan == [
                "SEARCH kept_row USING INDEX kept_row_by_village (name=? AND generation=? AND village=? AND number>?)"
            ])
    }

    @Test func aHouseholdThatNamesNoHeadIsCalledByWhoStandsAsOne() throws {
        let world = try TestTownship()
        let home = try world.add(
            "household", [("village", .text("370404101201")), ("number", .text("001"))])
        let people: [(String, String, Bool)] = [("张早", "02", false), ("张三", "01", true), ("李四", "10", true)]
        for (name, relation, isThere) in people {
            try world.add(
                "member",
                [
                    ("household", .text(home.description)), ("name", .text(name)), ("relation", .text(relation)),
                    ("in_household", .bool(isThere)),
                ])
        }
        try world.add(
            "application",
            [
                ("household", .text(home.description)), ("programme", .text("dibao")),
                ("applied_at", .time(TestTownship.now)),
            ])
        let table = try TableCatalogue.table("applications", TableCatalogue.Request(), of: world.township)
        let csv = try world.text(table, .csv)
        #expect(csv.contains("001 张三"), "\(csv)")
    }

    @Test func aListReadsAsTheReadersLanguageJoinsIt() throws {
        let field = try #require(householdKind.field("phones"))
        let cell = Server.Table.Cell(.list(["13812345678", "13912345678"]), of: field)
        #expect(Language.$preferred.withValue(.en) { cell.shown } == "13812345678, 13912345678")
        #expect(Language.$preferred.withValue(.zh) { cell.shown } == "13812345678、13912345678")
        #expect(cell.plain == "13812345678、13912345678" && cell.json == .string("13812345678、13912345678"))
    }

    @Test func noTwoTablesHaveOneTitle() {
        for title in [\TableCatalogue.Entry.title.zh, \.title.en] {
            let named = Dictionary(grouping: TableCatalogue.entries) { $0[keyPath: title] }
            #expect(named.values.filter { $0.count > 1 }.map { $0.map(\.name) } == [])
        }
    }

    @Test(arguments: ["ledger", "cases"]) func peopleReadHouseholdNumbersFirstAndIdsLast(name: String) throws {
        let world = try TestTownship()
        let columns = try TableCatalogue.table(name, TableCatalogue.Request(), of: world.township).columns
        #expect(columns.first?.title.zh == "户编号")
        #expect(columns.suffix(2).map(\.name) == ["case", "household"])
    }

    @Test func tablesHaveNamesOfTheirOwnAndTakeWhatTheySay() throws {
        let names = TableCatalogue.entries.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.utf8.allSatisfy { (97...122).contains($0) || $0 == 45 } })
        #expect(throws: Problem.self) { try table("nothing") }
        var request = TableCatalogue.Request()
        request.month = Month("2026-11")
        #expect(throws: Problem.self) { try table("households", request) }
        #expect(throws: Problem.self) { try table("payfile") }
        for entry in TableCatalogue.entries where entry.needs.isEmpty {
            let table = try entry.make(world.township, .init())
            #expect(Set(table.columns.map(\.name)).count == table.columns.count, "\(entry.name)")
            #expect(table.name == entry.name)
            #expect(try JSONParser.documents(try world.file(table, .json)).count == 1)
        }
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}
