import Foundation
import ProgramRunner
import Testing

/// Photos and signatures with the built programs on loopback.
@Suite struct AttachmentCommandTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private static let village = "370404101201"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
    }

    private func file(_ name: String, bytes: Int) throws -> String {
        let url = folder.url.appending(path: name)
        var content = Data([0xFF, 0xD8, 0xFF, 0xE0])
        for index in 0..<bytes { content.append(UInt8(truncatingIfNeeded: index &* 31 ^ index >> 8)) }
        try content.write(to: url)
        return url.path
    }

    @Test func aPhotoTakenWithoutASignalReachesTheTownshipAndTheOtherStation() throws {
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        let b = try server.station("b", village: Self.village, staff: "李建国")
        let household = try a.new("household", "number=001")
        server.stop()
        let photo = try file("house.jpg", bytes: 400_000)
        let made = try a.run("attach", household, photo, "--kind", "photo", "--page", "2")
        #expect(made.code == 0, "\(made.errors)")
        let id = try #require(made.json["id"].string)
        #expect(made.json["size"].int == 400_004 && made.json["sha256"].string?.count == 64)
        #expect(made.json["set"].int == 2)
        let again = try a.run("attach", household, photo, "--kind", "photo")
        #expect(again.json["id"].string == id && again.json["set"].isNull)
        try FileManager.default.removeItem(atPath: photo)
        #expect(try a.run("status").json["waitingBlobs"].int == 1)
        #expect(try a.run("status").json["waitingBytes"].int == 400_004)
        #expect(try a.show(id)["blob"]["state"].string == "waiting")
        try server.start()
        let synced = try a.sync()
        #expect(synced["blobs"]["arrived"].int == 1 && synced["blobs"]["waiting"].int == 0)
        let fields = try a.show(id)["fields"]
        #expect(fields["arrived_at"].string != nil && fields["media_type"].string == "image/jpeg")
        #expect(fields["page"].int == 2 && fields["name"].string == "house.jpg")
        #expect(try a.show(id)["blob"]["state"].string == "here")
        #expect(try a.run("status").json["waitingBlobs"].int == 0)
        try b.sync()
        let before = try b.run("attachments", household).json["attachments"][0]
        #expect(before["state"].string == "township" && before["path"].isNull)
        let fetched = try b.run("attachments", household, "--fetch")
        #expect(fetched.code == 0, "\(fetched.errors)")
        let path = try #require(fetched.json["attachments"][0]["path"].string)
        #expect(try Data(contentsOf: URL(filePath: path)).count == 400_004)
        #expect(fetched.json["attachments"][0]["state"].string == "here")
        #expect(try server.command("history", id).json["entries"][1]["author"].string == "system")
        let digests = [try a.sync()["digest"].string, try b.sync()["digest"].string]
        #expect(digests[0] == digests[1])
    }

    @Test func aServerKilledInTheMiddleOfAnUploadEndsWithTheWholePhoto() throws {
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        let household = try a.new("household", "number=001")
        let photo = try file("big.jpg", bytes: 6_000_000)
        let id = try #require(try a.run("attach", household, photo, "--kind", "photo").json["id"].string)
        for round in 0..<6 {
            let process = a.program.process(["sync", "--json"])
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            Thread.sleep(forTimeInterval: 0.15 + 0.1 * Double(round))
            if round % 2 == 0 { server.kill() } else { kill(process.processIdentifier, SIGKILL) }
            if round % 2 == 0 { try server.start() }
            process.terminate()
            process.waitUntilExit()
        }
        try a.sync()
        #expect(try a.show(id)["fields"]["arrived_at"].string != nil)
        let sha = try #require(try a.show(id)["fields"]["sha256"].string)
        let blob = server.folder.appending(path: "blobs/\(sha.prefix(2))/\(sha)")
        #expect(try Data(contentsOf: blob) == Data(contentsOf: URL(filePath: photo)))
        #expect(try server.command("nightly").json["waitingBlobs"].int == 0)
    }

    @Test func aFileLostAtTheTownshipsDoorLeavesTheSyncPartialAndTheRecordsSent() throws {
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        let household = try a.new("household", "number=001")
        let photo = try file("house.jpg", bytes: 200_000)
        let id = try #require(try a.run("attach", household, photo, "--kind", "photo").json["id"].string)
        let sha = try #require(try a.show(id)["fields"]["sha256"].string)
        // The township cannot keep files: a plain file lies where its folder should be.
        try Data().write(to: server.folder.appending(path: "blobs"))
        let synced = try a.run("sync")
        #expect(synced.code == 75, "\(synced.text)")
        #expect(synced.json["outcome"].string == "partial")
        #expect(synced.json["pushed"]["sets"].int == 2)
        #expect(synced.json["error"]["code"].int != nil)
        #expect(try a.run("status").json["pendingSets"].int == 0)
        #expect(try a.run("status").json["waitingBlobs"].int == 1)
        try FileManager.default.removeItem(at: server.folder.appending(path: "blobs"))
        #expect(try a.sync()["outcome"].string == "complete")
        #expect(
            FileManager.default.fileExists(atPath: server.folder.appending(path: "blobs/\(sha.prefix(2))/\(sha)").path))
    }

    @Test func whatCannotBeAttachedIsToldSo() throws {
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        let household = try a.new("household", "number=001")
        let empty = folder.url.appending(path: "empty").path
        try Data().write(to: URL(filePath: empty))
        #expect(try a.run("attach", household, empty, "--kind", "photo").code == 65)
        #expect(try a.run("attach", household, "/nowhere", "--kind", "photo").code == 74)
        #expect(try a.run("attach", household, folder.url.path, "--kind", "photo").code == 65)
        let photo = try file("p.jpg", bytes: 10)
        #expect(try a.run("attach", household, photo, "--kind", "movie").code == 65)
        #expect(try a.run("attach", household, photo, "--kind", "photo", "--page", "0").code == 65)
        #expect(try a.run("attach", "0199aaaa-0000-7000-8000-000000000000", photo, "--kind", "photo").code == 65)
        #expect(try a.run("attachments", household).json["count"].int == 0)
        #expect(try a.run("attach", household, photo, "--kind", "signature").code == 0)
        #expect(try a.run("attachments", household).json["attachments"][0]["state"].string == "waiting")
    }
}
