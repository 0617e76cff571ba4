import Foundation
import ProgramRunner
import Testing

/// The example's roster into a township, with the built program.
@Suite struct RosterTests {
    private static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Examples")

    @Test func theExamplesRosterIsTriedImportedAndImportedAgain() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        let roster = folder.url.appending(path: "roster.csv")
        let text = try String(contentsOf: Self.examples.appending(path: "survey-households.csv"), encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).prefix(201)
        try lines.joined(separator: "\n").write(to: roster, atomically: true, encoding: .utf8)
        func load(_ more: String...) throws -> JSON {
            let map = Self.examples.appending(path: "roster-map.yaml").path
            let arguments = ["import", roster.path, "--map", map, "--village", "370404101201", "--json"] + more
            let outcome = try server.program.run(arguments)
            #expect(outcome.code == 0, "\(outcome.text) \(outcome.errors)")
            return outcome.json
        }
        let dry = try load("--dry-run")
        #expect(dry["rows"].int == 200 && dry["dryRun"].bool == true && dry["seq"].isNull)
        #expect(dry["created"].int ?? 0 > 600 && dry["kinds"][0]["count"].int == 200)
        #expect(try server.command("list", "household").json["count"].int == 0)
        let real = try load("--author", "王", "--reason", "年度名册")
        #expect(real["created"].int == dry["created"].int && real["seq"].int ?? 0 > 0)
        let first = try server.command("list", "household", "--limit", "1").json["records"][0]["id"].string ?? ""
        let entry = try server.command("history", first).json["entries"][0]
        #expect(entry["author"].string == "王" && entry["reason"].string == "年度名册")
        let again = try load()
        #expect(again["created"].int == 0 && again["updated"].int == 0 && again["unchanged"].int == 200)
        let changed = lines.map { $0.hasPrefix("1,") ? String($0.replacing(",4,8004,", with: ",5,8004,")) : String($0) }
        try changed.joined(separator: "\n").write(to: roster, atomically: true, encoding: .utf8)
        let field = try load("--dry-run")["changes"][0]["fields"][0]
        #expect(field["field"].string == "population" && field["from"].int == 4 && field["to"].int == 5)
    }
}
