import Foundation
import ProgramRunner
import Testing

/// Photos by stick, alone and mixed with the network.
@Suite struct StickPhotoTests {
    private let village: StickVillage
    private static let code = "370404101201"

    init() throws { village = try StickVillage() }

    private func attach(_ photo: URL, to record: String, at station: VillageStation) throws -> String {
        let made = try station.run("attach", record, photo.path, "--kind", "photo")
        return try #require(made.json["id"].string, "\(made.errors)")
    }

    @Test func aPhotoReachesTheTownshipAndAnotherStationWithoutANetwork() throws {
        let a = try village.server.station("a", village: Self.code, staff: "王秀英")
        let b = try village.server.station("b", village: Self.code, staff: "李建国")
        village.server.stop()
        let household = try a.new("household", "number=001")
        let photo = try village.photo("house.jpg", bytes: 900_000)
        let id = try attach(photo, to: household, at: a)
        let round = try village.carry(a)
        #expect(round.codes == [0, 0, 0], "\(round)")
        #expect(round.exported.json["blobs"].int == 1 && round.exported.json["blobsLeft"].int == 0)
        #expect(round.township.json["arrived"].int == 1)
        #expect(round.imported.json["arrived"].int == 1 && round.imported.json["waiting"].int == 0)
        let shown = try a.show(id)
        #expect(shown["fields"]["arrived_at"].string != nil && shown["blob"]["state"].string == "here")
        #expect(try village.blob(shown["fields"]["sha256"].string) == Data(contentsOf: photo))
        // Confirmed: it does not travel again. The other station learns of it, then asks for it.
        #expect(try village.carry(a).exported.json["blobs"].int == 0)
        #expect(try village.carry(b).imported.json["blobs"].int == 0)
        #expect(try b.show(id)["blob"]["state"].string == "township")
        #expect(try village.carry(b, export: ["--photos", "0"]).imported.json["blobs"].int == 0, "none asked for")
        #expect(try village.carry(b).imported.json["blobs"].int == 1)
        let path = try #require(try b.show(id)["blob"]["path"].string)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(contentsOf: photo))
        try village.expectEqual([a])
    }

    @Test func photosThatDoNotFitGoWithTheNextBundlesInTheirOrder() throws {
        let a = try village.server.station("a", village: Self.code, staff: "王秀英")
        let b = try village.server.station("b", village: Self.code, staff: "李建国")
        village.server.stop()
        let household = try a.new("household", "number=001")
        let ids = try (0..<3).map {
            try attach(try village.photo("\($0).jpg", bytes: 700_000), to: household, at: a)
        }
        for (index, left) in [2, 1, 0].enumerated() {
            let round = try village.carry(a, export: ["--photos", "1"])
            #expect(round.codes == [0, 0, 0])
            #expect(round.exported.json["blobs"].int == 1 && round.exported.json["blobsLeft"].int == left)
            #expect(round.imported.json["waiting"].int == left)
            let arrived = try ids.map { try a.show($0)["fields"]["arrived_at"].string != nil }
            #expect(arrived == (0..<3).map { $0 <= index })
        }
        // The same on the way back.
        _ = try village.carry(b)
        for _ in 0..<3 { #expect(try village.carry(b, answer: ["--photos", "1"]).imported.json["blobs"].int == 1) }
        #expect(try ids.allSatisfy { try b.show($0)["blob"]["state"].string == "here" })
    }

    @Test func cutRepeatedAndMixedWithTheNetworkItIsTheSamePhoto() throws {
        let a = try village.server.station("a", village: Self.code, staff: "王秀英")
        let household = try a.new("household", "number=001")
        let photo = try village.photo("big.jpg", bytes: 8_000_000)
        let id = try attach(photo, to: household, at: a)
        let other = try attach(try village.photo("small.jpg", bytes: 50_000), to: household, at: a)
        let whole = village.file("whole")
        #expect(try a.run("bundle", "export", whole).code == 0)
        // A sync that is killed on its way leaves a part at the township.
        var seconds = 0.3
        while try a.run("sync", killAfter: seconds).wasKilled, seconds < 0.9 { seconds += 0.2 }
        let bytes = try Data(contentsOf: URL(filePath: whole))
        let cut = village.file("cut")
        for part in [3, 2] {
            try bytes.prefix(bytes.count - bytes.count / part).write(to: URL(filePath: cut))
            let refused = try village.server.command("bundle", "import", cut, "--reply", village.file("no"))
            #expect(refused.code == 65 && refused.json["error"]["code"].int == 1008)
        }
        for _ in 0..<2 {
            let read = try village.server.command("bundle", "import", whole, "--reply", village.file("back"))
            #expect(read.code == 0, "\(read.text)")
            #expect(read.json["arrived"].int == 2)
        }
        for _ in 0..<2 { #expect(try a.run("bundle", "import", village.file("back")).code == 0) }
        #expect(try a.sync()["blobs"]["waiting"].int == 0)
        for attachment in [id, other] {
            let fields = try a.show(attachment)["fields"]
            #expect(fields["arrived_at"].string != nil)
            #expect(try village.blob(fields["sha256"].string).count == fields["size"].int)
        }
        #expect(try village.blob(try a.show(id)["fields"]["sha256"].string) == Data(contentsOf: photo))
        #expect(try village.server.command("nightly").json["waitingBlobs"].int == 0)
        try village.expectEqual([a])
    }

    @Test func aPhotoThatIsDamagedHereIsLeftOutAndTheOthersGo() throws {
        let a = try village.server.station("a", village: Self.code, staff: "王秀英")
        village.server.stop()
        let household = try a.new("household", "number=001")
        let photo = try village.photo("spoiled.jpg", bytes: 300_000)
        let spoiled = try attach(photo, to: household, at: a)
        let good = try attach(try village.photo("good.jpg", bytes: 300_000), to: household, at: a)
        // The file has changed on this disk: it never comes to its hash.
        let path = try #require(try a.show(spoiled)["blob"]["path"].string)
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[1000] ^= 1
        try bytes.write(to: URL(filePath: path))
        let round = try village.carry(a)
        #expect(round.township.json["arrived"].int == 1)
        #expect(round.exported.json["damagedBlobs"].int == 1)
        #expect(round.codes.prefix(2) == [0, 0])
        #expect(try a.show(good)["fields"]["arrived_at"].string != nil)
        #expect(try a.show(spoiled)["fields"]["arrived_at"].isNull)
        #expect(try a.run("status").json["pendingSets"].int == 0)
        #expect(FileManager.default.fileExists(atPath: path), "nothing local goes")
    }
}
