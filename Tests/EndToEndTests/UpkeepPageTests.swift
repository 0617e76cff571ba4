import Foundation
import ProgramRunner
import Testing

/// What went on in the night, on the page of the day: the job, the backup, the villages.
@Suite struct UpkeepPageTests {
    private let desk: DeskVillage

    init() throws { desk = try DeskVillage() }

    @Test func theDaySaysWhatTheNightDid() throws {
        try desk.meet()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let before = try clerk.json("/today")["upkeep"]
        #expect(before["night"].isNull && before["backup"].isNull && before["findings"].array.count == 2)
        let page = try clerk.get("/today")
        for text in ["夜间任务从没有运行过", "请技术人员启用", "还没有备份过", "请技术人员备份"] {
            #expect(page.words.contains(text), "\(text)")
        }
        let folder = desk.server.folder.deletingLastPathComponent().appending(path: "backups")
        let night = try desk.server.command("nightly", "--backups", folder.path)
        #expect(night.code == 0, "\(night.text) \(night.errors)")
        let after = try clerk.json("/today")["upkeep"]
        #expect(after["findings"].array.isEmpty)
        #expect(after["night"]["sound"].bool == true && after["night"]["sets"].int == night.json["sets"].int)
        #expect(after["backup"]["file"].string == night.json["backup"].string)
        #expect(after["missedNight"].array.isEmpty)
        let shown = try clerk.get("/today")
        #expect(shown.words.contains("完好") && shown.words.contains("逐字节读回") && !shown.words.contains("还没有备份过"))
        clerk.language = "en"
        #expect(try clerk.get("/today").words.contains("read back byte by byte"))
    }
}
