import Foundation
import ProgramRunner
import Testing

/// A replica on a failing disk: whatever bit flips and wherever the file ends, what was typed is still pending or in the
/// rescue file, and `doctor` says which.
@Suite struct DamageTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private static let village = "370404101201"

    /// Sets that wait; each writes an address of its own.
    private static let pending = 6

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: Self.village, staff: "王秀英")
        household = try station.new("household", "number=001", "address=旧址")
        for index in 0..<30 { _ = try station.new("household", "number=\(index + 100)", "address=村\(index)") }
        try station.sync()
        for index in 0..<Self.pending {
            _ = try station.new("household", "number=9\(index)", "address=未上传的第\(index)户")
        }
    }

    private var replica: URL { station.folder.appending(path: "replica.sqlite") }

    /// A copy of the station's folder that can be broken.
    private func copy(_ name: String) throws -> VillageStation {
        let copy = VillageStation(in: folder.url, name: name)
        try FileManager.default.copyItem(at: station.folder, to: copy.folder)
        return copy
    }

    private func file(of station: VillageStation) -> URL { station.folder.appending(path: "replica.sqlite") }

    /// How many of the pending households a text names.
    private static func named(in text: String) -> Set<Int> {
        Set((0..<pending).filter { text.contains("未上传的第\($0)户") })
    }

    /// Whatever was done to the file: every pending set is pending, or in the rescue file, or told to be unreadable.
    private func expectNothingSilentlyLost(_ station: VillageStation, _ what: String) throws {
        let doctor = try station.run("doctor")
        #expect([0, 74, 75].contains(doctor.code), "\(what): \(doctor.code) \(doctor.text) \(doctor.errors)")
        let outbox = try station.run("outbox")
        #expect(outbox.code == 0, "\(what): \(outbox.errors)")
        let kept = Self.named(in: outbox.text)
        var rescued: Set<Int> = []
        if let path = doctor.json["rescue"].string {
            #expect(doctor.code == 74, "\(what)")
            rescued = Self.named(in: try String(contentsOf: URL(filePath: path), encoding: .utf8))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(FileManager.default.fileExists(atPath: try #require(doctor.json["damaged"].string)))
        } else {
            #expect(kept.count == Self.pending, "\(what): \(kept.sorted()) kept, nothing rescued: \(doctor.text)")
        }
        // A second look finds everything in order.
        let again = try station.run("doctor")
        #expect(again.json["sound"].bool == true, "\(what): \(again.text)")
        _ = rescued
    }

    /// A key file of flipped bits, cut or gone is mended from its copy, and the copy from the key.
    @Test(arguments: ["signing.key", "sealing.key", "signing.key.copy", "sealing.key.copy"])
    func aDamagedKeyIsMendedFromItsCopy(name: String) throws {
        for damage in 0..<3 {
            let broken = try copy("key-\(name)-\(damage)")
            let file = broken.folder.appending(path: name)
            let whole = try Data(contentsOf: file)
            try damaged(whole, damage).map { try $0.write(to: file) } ?? FileManager.default.removeItem(at: file)
            let isKey = name.hasSuffix(".key")
            let checked = try broken.run("doctor", "--check-only")
            #expect(checked.code == (isKey ? 74 : 0), "\(checked.text)")
            #expect((try? Data(contentsOf: file)) == damaged(whole, damage), "it only looks")
            let doctor = try broken.run("doctor")
            #expect(doctor.code == 0, "\(doctor.text)")
            #expect(doctor.json["repaired"].bool == isKey)
            #expect(doctor.json["fetched"].bool == false)
            #expect(try Data(contentsOf: file) == whole)
            #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
        }
    }

    private func damaged(_ whole: Data, _ damage: Int) -> Data? {
        var flipped = whole
        flipped[9] ^= 4
        return [flipped, whole.prefix(7), nil][damage]
    }

    /// Nothing typed is lost with a key, and `doctor` says what is left to do.
    @Test(arguments: ["signing.key", "sealing.key"]) func aKeyThatIsDamagedTwiceIsTold(name: String) throws {
        let broken = try copy("twice-\(name)")
        for name in [name, name + ".copy"] {
            let file = broken.folder.appending(path: name)
            try #require(damaged(try Data(contentsOf: file), 0)).write(to: file)
        }
        let doctor = try broken.run("doctor")
        #expect(doctor.code == 74)
        #expect(doctor.json["error"]["code"].int == 5004, "\(doctor.text)")
        #expect(doctor.json["error"]["hint"].string?.contains("over the network") == (name == "sealing.key"))
        let wrong = doctor.json["checks"].array.filter { $0["sound"].bool == false }
        #expect(wrong.map { $0["check"].string } == ["keys"])
        #expect(doctor.json["rebuilt"].bool == false, "the replica is well")
        #expect(Self.named(in: try broken.run("outbox").text).count == Self.pending)
        #expect(try broken.run("sync").code == (name == "sealing.key" ? 0 : 77))
    }

    /// A station of before the copies makes them at its next sync.
    @Test func anOlderStationGetsCopiesOfItsKeys() throws {
        let older = try copy("older")
        let files = ["signing.key.copy", "sealing.key.copy"].map { older.folder.appending(path: $0) }
        for file in files { try FileManager.default.removeItem(at: file) }
        try older.sync()
        for file in files {
            #expect(try Data(contentsOf: file) == Data(contentsOf: file.deletingPathExtension()))
        }
    }

    /// An empty file is a valid database, and one that is gone is made anew: neither may pass for a station that has
    /// typed nothing.
    @Test(arguments: [nil, 0, 1, 99]) func aFileThatHoldsNothingIsNotTakenForAFreshOne(bytes: Int?) throws {
        let broken = try copy("nothing-\(bytes ?? -1)")
        let file = file(of: broken)
        if let bytes {
            try Data(contentsOf: file).prefix(bytes).write(to: file)
        } else {
            try FileManager.default.removeItem(at: file)
        }
        for end in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + end) }
        let code = try server.invite(village: Self.village, staff: "李建国")
        for command in [
            ["outbox"], ["status"], ["sync"], ["new", "household", "number=1"], ["join", server.url, code],
        ] {
            let refused = try broken.run(command)
            #expect(refused.code == 74, "\(command): \(refused.text)")
            #expect(refused.json["error"]["code"].int == 5006, "\(command): \(refused.text)")
        }
        let doctor = try broken.run("doctor")
        #expect(doctor.code == 74, "\(doctor.text)")
        #expect(doctor.json["error"]["hint"].string?.contains("type in again") == true, "\(doctor.text)")
        let rescue = try #require(doctor.json["rescue"].string)
        #expect(try String(contentsOf: URL(filePath: rescue), encoding: .utf8).contains("\"complete\":false"))
        #expect(doctor.json["damaged"].isNull == (bytes == nil))
        #expect(try broken.run("show", household).code == 0, "the township's records are back")
        #expect(try broken.run("doctor").json["sound"].bool == true)
    }

    @Test func whileTheRecordsAreStillToBeFetchedNothingIsCalledWell() throws {
        let broken = try copy("far-away")
        var bytes = try Data(contentsOf: file(of: broken))
        for offset in stride(from: 4_096, to: bytes.count, by: 97) { bytes[offset] ^= 0x55 }
        try bytes.write(to: file(of: broken))
        server.stop()
        for _ in 0..<3 {
            let doctor = try broken.run("doctor")
            #expect(doctor.code != 0, "\(doctor.text)")
            #expect(doctor.json["fetched"].bool == false)
            #expect(doctor.json["sound"].bool == false, "it does not agree with the township")
        }
        #expect(try broken.run("doctor", "--check-only").code == 69)
        try server.start()
        let fetched = try broken.run("doctor")
        #expect(fetched.code == 0 && fetched.json["fetched"].bool == true, "\(fetched.text)")
        #expect(try broken.run("show", household).code == 0)
        #expect(try broken.run("doctor", "--check-only").code == 0)
    }

    @Test func aFlippedBitAnywhereLosesNothingSilently() throws {
        let size = try Data(contentsOf: replica).count
        var generator = SplitMix(seed: 20_261_125)
        for round in 0..<40 {
            let offset = Int.random(in: 0..<size, using: &generator)
            let bit = Int.random(in: 0..<8, using: &generator)
            let broken = try copy("flip-\(round)")
            defer { try? FileManager.default.removeItem(at: broken.folder) }
            var bytes = try Data(contentsOf: file(of: broken))
            bytes[offset] ^= UInt8(1 << bit)
            try bytes.write(to: file(of: broken))
            try expectNothingSilentlyLost(broken, "bit \(bit) of byte \(offset)")
        }
    }

    @Test func aFileCutShortLosesNothingSilently() throws {
        let size = try Data(contentsOf: replica).count
        for (index, part) in [0.1, 0.3, 0.5, 0.7, 0.9, 0.99].enumerated() {
            let broken = try copy("cut-\(index)")
            defer { try? FileManager.default.removeItem(at: broken.folder) }
            let handle = try FileHandle(forWritingTo: file(of: broken))
            try handle.truncate(atOffset: UInt64(Double(size) * part))
            try handle.close()
            try expectNothingSilentlyLost(broken, "cut at \(part)")
        }
    }

    @Test func pagesOfZeroesLoseNothingSilently() throws {
        let size = try Data(contentsOf: replica).count
        for page in stride(from: 0, to: size / 4096, by: max(1, size / 4096 / 14)) {
            let broken = try copy("page-\(page)")
            defer { try? FileManager.default.removeItem(at: broken.folder) }
            var bytes = try Data(contentsOf: file(of: broken))
            bytes.replaceSubrange(page * 4096..<(page + 1) * 4096, with: Data(count: 4096))
            try bytes.write(to: file(of: broken))
            try expectNothingSilentlyLost(broken, "page \(page)")
        }
    }

    @Test func aFlippedBitInASetThatWaitsIsRescuedWithTheOnesBehindIt() throws {
        var bytes = try Data(contentsOf: replica)
        // The third one's address, where its set lies in the outbox.
        let places = Self.places(of: Data("未上传的第2户".utf8), in: bytes)
        #expect(places.count >= 2)
        var rescued = false
        for (index, place) in places.enumerated() {
            let broken = try copy("set-\(index)")
            defer { try? FileManager.default.removeItem(at: broken.folder) }
            bytes = try Data(contentsOf: file(of: broken))
            bytes[place + 14] ^= 1
            try bytes.write(to: file(of: broken))
            let doctor = try broken.run("doctor")
            if let path = doctor.json["rescue"].string {
                rescued = true
                #expect(doctor.code == 74)
                let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
                #expect(Self.named(in: text).isSuperset(of: [3, 4, 5]))
                #expect(Self.named(in: try broken.run("outbox").text) == [0, 1])
                // What is left goes on: it syncs, and the next set takes its place.
                try broken.sync()
                _ = try broken.new("household", "number=77")
                try broken.sync()
            } else {
                #expect(doctor.code == 0, "\(doctor.text)")
                #expect(Self.named(in: try broken.run("outbox").text).count == Self.pending)
            }
            // The copies of one station that have synced are forks of it: only the first one's work is its own.
            if rescued { break }
        }
        #expect(rescued)
    }

    @Test func withoutTheNetworkTheUnsentWorkIsKeptAndTheRestComesLater() throws {
        server.stop()
        var bytes = try Data(contentsOf: replica)
        bytes.replaceSubrange(0..<16, with: Data("no database here".utf8))
        try bytes.write(to: replica)
        let damaged = try station.run("list", "household")
        #expect(damaged.code == 74)
        #expect(damaged.json["error"]["code"].int == 5006)
        #expect(damaged.errors.contains("ruhu doctor"))
        #expect(try station.run("doctor", "--check-only").json["sound"].bool == false)
        let doctor = try station.run("doctor")
        #expect(doctor.code == 69, "\(doctor.text) \(doctor.errors)")
        #expect(doctor.json["rebuilt"].bool == true && doctor.json["fetched"].bool == false)
        #expect(doctor.json["pending"].int == Self.pending)
        #expect(Self.named(in: try station.run("outbox").text).count == Self.pending)
        #expect(try station.run("list", "household").json["count"].int == Self.pending)
        _ = try station.new("household", "number=88")
        try server.start()
        let synced = try station.sync()
        #expect(synced["pushed"]["sets"].int == Self.pending + 1)
        #expect(try station.run("list", "household").json["count"].int == 31 + Self.pending + 1)
        #expect(try station.show(household)["fields"]["address"].string == "旧址")
        let scopes = try server.command("status").json["scopes"].array
        #expect(scopes.first?["digest"].string == synced["digest"].string)
        #expect(try station.run("doctor").json["sound"].bool == true)
    }

    @Test func aPowerCutWhileTheReplicasChangePlacesLeavesOneOfThem() throws {
        for name in ["replica.sqlite", nil] {
            let broken = try copy("power-\(name ?? "none")")
            defer { try? FileManager.default.removeItem(at: broken.folder) }
            // The fresh one is finished, and the damaged one has been moved away or not.
            try FileManager.default.copyItem(
                at: file(of: broken), to: broken.folder.appending(path: "replica.next.sqlite"))
            if name == nil {
                try FileManager.default.removeItem(at: file(of: broken))
            } else {
                try Data("broken".utf8).write(to: file(of: broken))
            }
            #expect(Self.named(in: try broken.run("outbox").text).count == Self.pending)
            #expect(try broken.run("doctor").json["sound"].bool == true)
        }
    }

    @Test func aDamagedTownshipIsToldToRestore() throws {
        server.stop()
        let authority = server.folder.appending(path: "authority.sqlite")
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: authority.path + suffix)
        }
        var bytes = try Data(contentsOf: authority)
        for offset in stride(from: 4096, to: bytes.count, by: 64) { bytes[offset] = 0xFF }
        try bytes.write(to: authority)
        let listed = try server.command("list", "household")
        #expect(listed.code == 74)
        #expect(listed.json["error"]["code"].int == 5007)
        #expect(listed.errors.contains("ruhu-server restore"))
    }

    private static func places(of needle: Data, in bytes: Data) -> [Int] {
        var found: [Int] = []
        var start = bytes.startIndex
        while let range = bytes.range(of: needle, in: start..<bytes.endIndex) {
            found.append(range.lowerBound)
            start = range.upperBound
        }
        return found
    }
}

/// The same damage on every run.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
