import Foundation
import ProgramRunner
import Testing

/// A photo that is damaged, gone, or whose household has left is told, and holds nothing else back.
@Suite struct PhotoLossTests {
    private let village: StickVillage
    private let a: VillageStation
    private let household: String
    private static let code = "370404101201"

    init() throws {
        village = try StickVillage()
        a = try village.server.station("a", village: Self.code, staff: "王秀英")
        household = try a.new("household", "number=001")
        try a.sync()
    }

    private func attach(_ photo: URL) throws -> (id: String, blob: String) {
        let made = try a.run("attach", household, photo.path, "--kind", "photo")
        return (try #require(made.json["id"].string, "\(made.errors)"), try #require(made.json["sha256"].string))
    }

    private func file(of blob: String, in folder: URL) -> URL {
        folder.appending(path: "blobs/\(blob.prefix(2))/\(blob)")
    }

    private func flip(_ url: URL) throws {
        var bytes = try Data(contentsOf: url)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: url)
    }

    private func isHere(_ blob: String) throws -> Bool {
        let kept = file(of: blob, in: village.server.folder)
        return FileManager.default.fileExists(atPath: kept.path)
    }

    enum Damage: CaseIterable {
        case flipped, cut, emptied, gone
    }

    private func damage(_ url: URL, _ damage: Damage) throws {
        switch damage {
        case .flipped: try flip(url)
        case .cut: try Data(contentsOf: url).dropLast(10).write(to: url)
        case .emptied: try Data().write(to: url)
        case .gone: try FileManager.default.removeItem(at: url)
        }
    }

    @Test(arguments: Damage.allCases) func aPhotoThatIsDamagedHereIsNamedAndAttachedAgain(_ how: Damage) throws {
        let photo = try village.photo("house.jpg", bytes: 90_000)
        let (id, blob) = try attach(photo)
        try damage(file(of: blob, in: a.folder), how)
        let doctor = try a.run("doctor")
        #expect(doctor.code == 74)
        #expect(doctor.json["error"]["code"].int == 5004)
        #expect(doctor.text.contains(id) && doctor.errors.contains("ruhu attach"), "\(doctor.text) \(doctor.errors)")
        #expect(try a.run("status").json["lostBlobs"].int == 1)
        let synced = try a.sync()
        #expect(synced["blobs"]["lost"].int == 1)
        #expect(try !isHere(blob))
        _ = try attach(photo)
        #expect(try a.run("doctor").json["sound"].bool == true)
        #expect(try a.sync()["blobs"]["arrived"].int == 1)
        #expect(try isHere(blob))
        #expect(try a.run("status").json["lostBlobs"].int == 0)
    }

    /// Without `doctor`, and by either way.
    @Test(arguments: Damage.allCases) func aDamagedPhotoHoldsNothingElseBack(_ how: Damage) throws {
        let (_, blob) = try attach(try village.photo("bad.jpg", bytes: 90_000))
        try damage(file(of: blob, in: a.folder), how)
        let (_, good) = try attach(try village.photo("good.jpg", bytes: 80_000))
        let typed = try a.new("household", "number=002")
        let round = try village.carry(a)
        #expect(round.codes.prefix(2) == [0, 0], "\(round)")
        #expect(try isHere(good))
        #expect(try village.server.command("show", typed).code == 0)
        _ = try a.run("edit", typed, "address=二组")
        _ = try a.run("sync")
        #expect(try village.server.command("show", typed).json["fields"]["address"].string == "二组")
    }

    @Test(arguments: [true, false]) func aPhotoThatIsDamagedAtTheTownshipIsBroughtAgain(isCut: Bool) throws {
        let b = try village.server.station("b", village: Self.code, staff: "李建国")
        let photo = try village.photo("house.jpg", bytes: 90_000)
        let (_, blob) = try attach(photo)
        try a.sync()
        let kept = file(of: blob, in: village.server.folder)
        if isCut {
            try damage(kept, .cut)
            #expect(try village.server.command("nightly").json["damagedBlobs"].int == 1)
        } else {
            try flip(kept)
            let backup = village.server.folder.deletingLastPathComponent().appending(path: "photos.backup")
            #expect(try village.server.command("backup", backup.path).json["damagedBlobs"].int == 1)
        }
        #expect(try !isHere(blob))
        try b.sync()
        for _ in 0..<2 { try a.sync() }
        #expect(try Data(contentsOf: kept) == Data(contentsOf: photo))
        try b.sync()
        let fetched = try b.run("attachments", household, "--fetch").json["attachments"][0]
        #expect(try Data(contentsOf: URL(filePath: #require(fetched["path"].string))) == Data(contentsOf: photo))
    }

    /// Nobody else has the file.
    @Test(arguments: [true, false]) func aPhotoOfAHouseholdThatHasLeftComesIn(isByStick: Bool) throws {
        let photo = try village.photo("house.jpg", bytes: 90_000)
        let (_, blob) = try attach(photo)
        let moved = try village.server.command("edit", household, "village=370404101202")
        try #require(moved.code == 0, "\(moved.errors)")
        for _ in 0..<2 {
            if isByStick { _ = try village.carry(a) } else { _ = try a.run("sync") }
        }
        #expect(try a.run("show", household).code != 0, "it has left")
        #expect(try isHere(blob))
        #expect(try a.run("status").json["waitingBlobs"].int == 0)
        #expect(try village.server.command("nightly").json["waitingBlobs"].int == 0)
    }

    /// That a photo has arrived is no change of a person's.
    @Test func aHouseholdIsDeletedThoughItsPhotoArrivedMeanwhile() throws {
        _ = try attach(try village.photo("house.jpg", bytes: 9_000))
        let stick = village.server.folder.deletingLastPathComponent().appending(path: "stick").path
        #expect(try a.run("bundle", "export", stick).code == 0)
        #expect(try village.server.command("bundle", "import", stick).code == 0)
        #expect(try a.run("delete", household, "--reason", "录错").code == 0)
        try a.sync()
        #expect(try village.server.command("conflicts").json["conflicts"].array.isEmpty)
        #expect(try village.server.command("list", "household").json["records"].array.isEmpty)
    }

    /// Anybody may state it.
    @Test func aRecordThatStatesAnotherSizeIsNoProofAgainstTheFile() throws {
        let (_, blob) = try attach(try village.photo("house.jpg", bytes: 9_000))
        try a.sync()
        let other = try a.new("household", "number=002")
        _ = try a.new("attachment", "record=\(other)", "sha256=\(blob)", "kind=photo", "size=17")
        _ = try a.run("sync")
        _ = try a.run("doctor")
        #expect(FileManager.default.fileExists(atPath: file(of: blob, in: a.folder).path))
        #expect(try village.server.command("nightly").json["damagedBlobs"].int == 0)
        #expect(try isHere(blob))
    }

    @Test func whatAnotherStatesOfAPhotoDoesNotKeepItOut() throws {
        let b = try village.server.station("b", village: Self.code, staff: "李建国")
        let photo = try village.photo("house.jpg", bytes: 9_000)
        let copy = try b.new("household", "number=009")
        // The smaller id comes first in every list: the other's is written down before.
        let sum = try a.run("attach", household, photo.path, "--kind", "photo")
        let blob = try #require(sum.json["sha256"].string)
        _ = try a.run("delete", #require(sum.json["id"].string), "--reason", "重拍")
        _ = try b.new("attachment", "record=\(copy)", "sha256=\(blob)", "kind=photo", "size=17")
        _ = try b.run("sync")
        _ = try attach(photo)
        #expect(try a.sync()["blobs"]["arrived"].int == 1)
        #expect(try isHere(blob))
    }

    /// The township that was restored does not have it, and its household is another village's.
    @Test func aPhotoOfAHouseholdThatHasLeftComesInAgainAfterARestore() throws {
        let (_, blob) = try attach(try village.photo("house.jpg", bytes: 9_000))
        let stick = village.server.folder.deletingLastPathComponent().appending(path: "stick").path
        #expect(try a.run("bundle", "export", stick, "--photos", "0").code == 0)
        #expect(try village.server.command("bundle", "import", stick).code == 0)
        try #require(try village.server.command("edit", household, "village=370404101202").code == 0)
        let backup = village.server.folder.deletingLastPathComponent().appending(path: "photos.backup").path
        try #require(try village.server.command("backup", backup).code == 0)
        try a.sync()
        #expect(try isHere(blob))
        village.server.stop()
        try FileManager.default.removeItem(at: village.server.folder)
        try #require(try village.server.command("restore", backup).code == 0)
        try village.server.start()
        for _ in 0..<2 { _ = try a.run("sync") }
        #expect(try isHere(blob))
    }

    @Test func aPhotoOfAVisitIsOwedToo() throws {
        let photo = try village.photo("kitchen.jpg", bytes: 9_000)
        let answers = village.server.folder.deletingLastPathComponent().appending(path: "answers.json")
        _ = try a.new("member", "household=\(household)", "name=张三", "relation=02", "id_number=11010519491231002X")
        _ = try a.run("edit", household, "address=三组 12 号")
        let member = #"{"name": "张三", "health": "3", "labour_ability": "none"}"#
        try Data(
            """
            {"visited_on": "2026-11-20", "surveyors": ["王秀英", "李建国"], "poverty_causes": ["01"], "members": [\(member)],
            "head": "张三", "incomes": []}
            """.utf8
        ).write(to: answers)
        let visited = try a.run("visit", "001", "--answers", answers.path, "--photo", photo.path)
        try #require(visited.code == 0, "\(visited.text) \(visited.errors)")
        let folders = try FileManager.default.subpathsOfDirectory(atPath: a.folder.appending(path: "blobs").path)
        let name = try #require(folders.first { $0.count == 67 })
        try FileManager.default.removeItem(at: a.folder.appending(path: "blobs/\(name)"))
        #expect(try a.run("status").json["lostBlobs"].int == 1)
    }
}
