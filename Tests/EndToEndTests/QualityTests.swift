import Foundation
import ProgramRunner
import Testing

/// Data quality, possible misses and the platform's file with the built programs (R16, R63).
@Suite struct QualityTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private static let village = "370404101201"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: Self.village, staff: "王秀英")
    }

    @Test func aVillagesGapsAreListedAtTheTownshipWithoutAnyonesName() throws {
        let home = try station.new("household", "number=001", "hukou_type=21", "address=某村1号")
        let member = try station.new("member", "household=\(home)", "name=张三丰", "relation=02")
        try station.sync()
        let quality = try server.command("quality")
        #expect(quality.json["households"].int == 1 && quality.json["clean"].int == 0)
        let found = quality.json["findings"].array
        #expect(Set(found.compactMap { $0["rule"].string }).isSuperset(of: ["Q05", "Q11"]))
        #expect(!found.contains { $0["rule"].string == "Q02" }, "the member with relation 02 is the head")
        #expect(found.contains { $0["record"].string == member && $0["person"].string == "张**" })
        #expect(!quality.text.contains("张三丰"))
        let one = try server.command("quality", "--rule", "q11", "--village", Self.village).json
        #expect(one["count"].int == 1 && one["counts"].array.last?["households"].int == 1)
        let misses = try server.command("misses").json
        #expect(misses["misses"].array.map { $0["reason"].string } == ["cannot_say"])
        #expect(try server.command("exits").json["count"].int == 0)
        #expect(try server.command("nightly").json["sound"].bool == true)
    }

    @Test func aRuleOrVillageThatIsNoneIsRefused() throws {
        for arguments in [["quality", "--rule", "Q99"], ["misses", "--village", "abc"], ["exits", "--limit", "0"]] {
            let outcome = try server.program.run(arguments + ["--json"])
            #expect(outcome.code == 65, "\(arguments): \(outcome.text)")
        }
    }

    @Test func thePlatformsFileIsItsOwnersAloneAndStaysOnRecord() throws {
        let home = try station.new("household", "number=001", "hukou_type=21", "address=某村1号")
        let member = try station.new("member", "household=\(home)", "name=张三", "id_number=11010519491231002X")
        #expect(try station.run("edit", home, "head=\(member)").code == 0)
        _ = try station.new("household", "number=002")
        try station.sync()
        let file = folder.url.appending(path: "platform.jsonl")
        #expect(try server.program.run(["platform", "export", file.path, "--reason", "", "--json"]).code == 65)
        let written = try server.command("platform", "export", file.path, "--reason", "月度报送").json
        #expect(written["rows"].int == 2)
        #expect(written["refused"][0]["rules"].strings.contains("Q01"))
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let answer = try server.command("platform", "simulate", file.path).json
        #expect(answer["accepted"].int == 2 && answer["rejected"].array.isEmpty)
        let kept = try server.command("list", "platform_file").json
        #expect(kept["count"].int == 1)
    }
}
