import Foundation
import ProgramRunner
import Testing

/// Tables taken away with the built program.
@Suite struct ExportTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        _ = try server.command("new", "household", "village=370404101201", "number==1+1", "address=一组")
    }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    @Test func aTableIsWrittenInTheFormatOfItsFilesName() throws {
        for format in ["csv", "json", "xlsx"] {
            let said = try server.command("export", "households", path("a.\(format)")).json
            #expect(said["rows"].int == 1 && said["format"].string == format && said["table"].string == "households")
            #expect(said["seq"].int != nil && said["clear"].bool == false)
        }
        let csv = String(decoding: try Data(contentsOf: URL(filePath: path("a.csv"))), as: UTF8.self)
        #expect(csv.hasPrefix("\u{FEFF}编号,") && csv.contains(",'=1+1,"))
        let json = try JSON(Data(contentsOf: URL(filePath: path("a.json"))))
        #expect(json["rows"][0]["number"].string == "=1+1" && json["count"].int == 1)
        #expect(try Data(contentsOf: URL(filePath: path("a.xlsx"))).starts(with: [0x50, 0x4B]))
    }

    @Test func aFileThatIsThereIsNotOverwrittenUnasked() throws {
        #expect(try server.command("export", "households", path("a.csv")).code == 0)
        let again = try server.command("export", "households", path("a.csv"))
        #expect(again.code == 73 && again.json["error"]["code"].int == 5003)
        #expect(try server.command("export", "households", path("a.csv"), "--force").code == 0)
    }

    @Test func wrongValuesAreBadDataAndLeaveNoFile() throws {
        for wrong in [
            ["nothing", "a.csv"], ["households", "a.xls"], ["households", "a.csv", "--month", "2026-01"],
            ["households", "a.csv", "--format", "pdf"], ["households", "a.csv", "--village", "村"],
            ["payfile", "a.csv", "--month", "2026-01"], ["households", "a.csv", "--year", "soon"],
            ["households", "a.csv", "--programme", "x"], ["households", "a.csv", "--clear"],
        ] {
            var arguments = wrong
            arguments[1] = path(wrong[1])
            #expect(try server.program.run(["export"] + arguments + ["--json"]).code != 0, "\(wrong)")
            #expect(!FileManager.default.fileExists(atPath: arguments[1]))
        }
        #expect(try server.command("export", "households", path("a.csv"), "--clear").code == 65)
    }

    @Test func aDisclosureIsOnRecord() throws {
        let said = try server.command(
            "export", "members", path("a.csv"), "--clear", "--reason", "区审计抽查核对", "--author", "王")
        #expect(said.json["clear"].bool == true)
        let kept = try server.command("list", "disclosure").json["records"][0]["fields"]
        #expect(kept["reason"].string == "区审计抽查核对" && kept["account"].string == "王")
        #expect(kept["fields"].string == "export members.csv")
    }

    @Test func theTablesAreListed() throws {
        let tables = try server.command("export", "list").json
        #expect(tables["count"].int ?? 0 > 40)
    }
}
