import Foundation
import ProgramRunner
import Testing

/// A listing that does not show everything says so, and how to go on.
@Suite struct ListTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let ids: [String]

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        ids = try (1...3).map { try station.new("household", "number=\($0)", "address=一组") }.sorted()
        try station.sync()
        self.station = station
    }

    @Test(arguments: [["list", "household"], ["find", "一组"]]) func aPageNamesTheNext(_ command: [String]) throws {
        for program in [station.program, server.program] {
            func page(_ more: String...) throws -> JSON { try program.run(command + more + ["--json"]).json }
            let first = try page("--limit", "2")
            #expect(first["records"].array.compactMap { $0["id"].string } == Array(ids.prefix(2)))
            #expect(first["count"].int == 2)
            let next = try #require(first["next"].string)
            let last = try page("--limit", "2", "--after", next)
            #expect(last["records"].array.compactMap { $0["id"].string } == [ids[2]])
            #expect(last["next"].isNull)
            #expect(try page("--limit", "3")["next"].isNull)
        }
    }

    @Test func aPersonReadsThatMoreFollow() throws {
        let part = try station.program.run(["list", "household", "--limit", "2"])
        #expect(part.text.contains("--after \(ids[1])"))
        #expect(try !station.program.run(["list", "household"]).text.contains("--after"))
    }

    @Test func casesToo() throws {
        for id in ids { #expect(try station.run("apply", id, "tekun").code == 0) }
        try station.sync()
        let first = try server.command("case", "list", "--limit", "2").json
        let next = try #require(first["next"].string)
        #expect(first["cases"].array.count == 2)
        let last = try server.command("case", "list", "--limit", "2", "--after", next).json
        #expect(last["cases"].array.count == 1)
        #expect(last["next"].isNull)
    }
}
