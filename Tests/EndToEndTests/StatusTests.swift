import Foundation
import ProgramRunner
import Testing

/// What `status` of both programs says to people.
@Suite struct StatusTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: "370404101201", staff: "王秀英")
        _ = try station.new("household", "number=001", "address=一组")
        try station.sync()
    }

    /// The keys of an outline: what stands before a colon, and in rows every other word.
    private func keys(_ program: Program, language: String) throws -> [String] {
        var program = program
        program.environment["LANG"] = language
        let outcome = try program.run(["status"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        return outcome.text.split(separator: "\n").flatMap { line -> [String] in
            let line = line.drop { $0 == " " }
            if let colon = line.range(of: ":"), !line.contains("  ") { return [String(line[..<colon.lowerBound])] }
            guard line.contains("  ") else { return [] }
            return line.components(separatedBy: "  ").compactMap { $0.split(separator: " ").first.map(String.init) }
        }
    }

    @Test func aChineseReaderGetsChineseWordsAndAProgramTheKeys() throws {
        for program in [station.program, server.program] {
            let chinese = try keys(program, language: "zh_CN.UTF-8")
            #expect(chinese.count > 8)
            #expect(chinese.filter { $0.allSatisfy(\.isASCII) } == [])
            #expect(try keys(program, language: "C.UTF-8").allSatisfy { $0.allSatisfy(\.isASCII) })
            var chineseProgram = program
            chineseProgram.environment["LANG"] = "zh_CN.UTF-8"
            let document = try chineseProgram.run(["status", "--json"]).json
            #expect(document["conflicts"].int == 0 && document["scopes"][0]["records"].int == 1)
        }
    }
}
