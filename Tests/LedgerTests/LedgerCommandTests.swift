import ProgramRunner
import SyncEngine
import Testing

@testable import Assistance
@testable import Server

/// `ruhu-server ledger`, `statistics` and the tables, of one township.
@Suite struct LedgerCommandTests {
    private let world: LedgerWorld
    private let program: Program
    private let application: RecordID

    init() throws {
        world = try LedgerWorld(seed: 1)
        program = Program("ruhu-server", environment: ["RUHU_HOME": world.township.folder.path])
        let home = world.household(number: "012")
        let head = world.member(of: home)
        world.edit(head, "member", .set("id_number", .text("11010519491231002X")))
        world.edit(home, "household", .set("head", .text(head.description)))
        application = world.apply(.dibao, household: home, member: head)
        for _ in 0..<40 where try world.file(application)?.status != .inPayment { world.advance(application) }
    }

    @Test func theLedgerSaysWhoReceivesWhatAndMasksNumbers() throws {
        let listed = try program.run(["ledger", "--json"])
        #expect(listed.code == 0, "\(listed.errors)")
        let row = try #require(listed.json["ledger"].array.first)
        #expect(row["application"].string == application.description && row["programme"].string == "dibao")
        #expect(row["idNumber"].string == "1101**********002X" && row["number"].string == "012")
        #expect((row["amountFen"].int ?? 0) > 0 && row["from"].string != nil && row["pack"].string != nil)
        #expect(!(try program.run(["ledger"]).text.contains("19491231")))
        #expect(try program.run(["ledger", "--village", "370404101202", "--json"]).json["count"].int == 0)
        #expect(try program.run(["ledger", "--programme", "tekun", "--json"]).json["count"].int == 0)
        #expect(try program.run(["ledger", "--status", "in_payment", "--json"]).json["count"].int == 1)
        #expect(try program.run(["ledger", "--programme", "nothing", "--json"]).code == 65)
        #expect(try program.run(["ledger", "--as-of", "yesterday", "--json"]).code == 65)
    }

    @Test func asOfADayBeforeNobodyReceivesAnything() throws {
        let then = try program.run(["ledger", "--as-of", "2026-03-01", "--json"])
        #expect(then.code == 0 && then.json["count"].int == 0, "\(then.text) \(then.errors)")
    }

    @Test func statisticsSayWhoCameAndWhoLeft() throws {
        let said = try program.run(["statistics", "--from", "2026-03-01", "--by-village", "--json"])
        #expect(said.code == 0, "\(said.errors)")
        let flow = said.json["flow"].array
        #expect(flow.first?["village"].string == LedgerWorld.villages[0] && flow.first?["opening"].int == 0)
        #expect(flow.compactMap { $0["new"].int }.reduce(0, +) == 1 && flow.last?["closing"].int == 1)
    }

    @Test func tablesPageThroughTheSameRows() throws {
        for _ in 0..<80 { world.step() }
        for table in [
            try world.township.ledger.tables.cases(), try world.township.ledger.tables.tasks(),
            try world.township.ledger.tables.ledger(),
        ] {
            let whole = try world.township.database.read { try table.page(nil, 10_000, $0) }
            var rows: [[Table.Cell]] = []
            var place: Table.Place?
            repeat {
                let page = try world.township.database.read { try table.page(place, 3, $0) }
                rows += page.rows
                place = page.next
            } while place != nil
            #expect(rows == whole.rows && whole.next == nil, "\(table.name)")
            #expect(rows.allSatisfy { $0.count == table.columns.count })
        }
    }

    /// A page of a file was read from the ledger as it was by then.
    @Test func whatComesMeanwhileIsInNoLaterPage() throws {
        let second = world.household(number: "013")
        world.apply(.dibao, household: second, member: world.member(of: second, name: "李四"))
        for table in [try world.township.ledger.tables.cases(), try world.township.ledger.tables.tasks()] {
            func page(_ place: Table.Place?) throws -> Table.Page {
                try world.township.database.read { try table.page(place, 1, $0) }
            }
            let whole = try world.township.database.read { try table.page(nil, 1_000, $0) }.rows
            var found = try page(nil)
            var rows = found.rows
            let third = world.household(number: "0\(20 + rows.count)")
            world.apply(.dibao, household: third, member: world.member(of: third, name: "赵六"))
            try world.township.ledger.refresh()
            while let place = found.next, rows.count < 100 {
                found = try page(place)
                rows += found.rows
            }
            #expect(rows == whole, "\(table.name)")
        }
    }

    @Test func casesAreFoundByNumberNameAndInitials() throws {
        try world.township.ledger.read { ledger in
            for text in ["012", "张三", "zs"] {
                let found = try ledger.cases(.init(text: text), limit: 10)
                #expect(found.map(\.application) == [application], "\(text)")
            }
            // By parts of it a masked number could be worked out.
            for text in ["李四", "19491231002x"] {
                #expect(try ledger.cases(.init(text: text), limit: 10).isEmpty, "\(text)")
            }
            let tasks = try ledger.tasks()
            let counts = try ledger.counts()
            #expect(counts.tasks.values.reduce(0, +) == tasks.count)
            #expect(counts.cases[.dibao]?[.inPayment] == 1)
        }
    }
}
