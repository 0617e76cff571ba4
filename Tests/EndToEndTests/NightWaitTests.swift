import Foundation
import ProgramRunner
import Testing

/// A night job that somebody looks at says until when it waits, and why; one that nobody looks at says nothing.
@Suite struct NightWaitTests {
    private let folder: TemporaryFolder
    private let station: VillageStation
    private let server: TownshipServer
    private static let night = ["sync", "--nightly", "--jitter-minutes", "0.02", "--window-minutes", "0"]

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: "370404101201", staff: "王秀英")
    }

    /// On a terminal of its own: script(1) of Debian's base.
    private func onTerminal(_ arguments: [String], language: String) throws -> String {
        let program = station.program.process(arguments)
        let script = Process()
        script.executableURL = URL(filePath: "/usr/bin/script")
        let words = [program.executableURL?.path ?? ""] + (program.arguments ?? [])
        script.arguments = ["-qec", words.joined(separator: " "), "/dev/null"]
        script.environment = (program.environment ?? [:]).merging(["LANG": language, "LC_ALL": language]) { $1 }
        let pipe = Pipe()
        script.standardOutput = pipe
        script.standardInput = FileHandle.nullDevice
        try script.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        script.waitUntilExit()
        return said
    }

    @Test(arguments: [("zh_CN.UTF-8", "各站错开时间"), ("en_GB.UTF-8", "stations take turns")])
    func onATerminalItSaysUntilWhenAndWhy(language: String, why: String) throws {
        let said = try onTerminal(Self.night, language: language)
        #expect(said.contains(why) && said.contains("ruhu sync"), "\(said)")
        #expect(said.firstMatch(of: /[0-2][0-9]:[0-5][0-9]:[0-5][0-9]/) != nil, "\(said)")
    }

    @Test func asADocumentOrWithNobodyThereItSaysNothing() throws {
        let document = try onTerminal(Self.night + ["--json"], language: "zh_CN.UTF-8")
        #expect(!document.contains("错开") && document.contains("\"outcome\""), "\(document)")
        let alone = try station.run(Self.night)
        #expect(alone.code == 0 && alone.errors.isEmpty, "\(alone.errors)")
    }
}
