import Foundation
import ProgramRunner
import Testing

/// A township whose stations have a stick and no network: the server runs for `join` alone.
final class StickVillage {
    let folder: TemporaryFolder
    let server: TownshipServer
    private var count = 0

    /// What the three commands of a round said.
    struct Round {
        var exported: Program.Outcome
        var township: Program.Outcome
        var imported: Program.Outcome

        var codes: [Int32] { [exported.code, township.code, imported.code] }
    }

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
    }

    func file(_ name: String) -> String { folder.url.appending(path: name).path }

    /// There and back.
    func carry(
        _ station: VillageStation, export options: [String] = [], answer more: [String] = []
    ) throws -> Round {
        count += 1
        let (out, back) = (file("\(count).out"), file("\(count).back"))
        let exported = try station.run(["bundle", "export", out] + options)
        let township = try server.program.run(["bundle", "import", out, "--reply", back, "--json"] + more)
        return Round(exported: exported, township: township, imported: try station.run("bundle", "import", back))
    }

    /// Rounds until the station has no other history or identity to take, and the one in which it brings what the
    /// township lacks.
    /// - Returns: how many rounds it took.
    @discardableResult func settle(_ station: VillageStation) throws -> Int {
        var said = ""
        for round in 1...6 {
            let carried = try carry(station)
            said += "\n\(carried.exported.text)\(carried.township.text)\(carried.imported.text)"
            try #require(carried.exported.code == 0, "\(carried.exported.text) \(carried.exported.errors)")
            try #require(carried.imported.code == 0, "\(carried.imported.text) \(carried.imported.errors)")
            if carried.imported.json["mended"].isNull {
                #expect(carried.township.code == 0, "\(carried.township.text)")
                return round
            }
        }
        throw ProgramFailure("\(station.name) does not come to rest by stick:\(said)")
    }

    func photo(_ name: String, bytes: Int) throws -> URL {
        let url = folder.url.appending(path: name)
        var content = Data([0xFF, 0xD8, 0xFF, 0xE0])
        var state = UInt64(truncatingIfNeeded: name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }) | 1
        for _ in 0..<bytes / 8 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            withUnsafeBytes(of: state) { content.append(contentsOf: $0) }
        }
        try content.write(to: url)
        return url
    }

    /// What the township holds of an attachment's file.
    func blob(_ sha256: String?) throws -> Data {
        let name = try #require(sha256)
        return try Data(contentsOf: server.folder.appending(path: "blobs/\(name.prefix(2))/\(name)"))
    }

    func numbers() throws -> [String] {
        try server.command("list", "household").json["records"].array.compactMap { $0["fields"]["number"].string }
            .sorted()
    }

    func copy(_ station: VillageStation, as name: String) throws -> VillageStation {
        let copy = VillageStation(in: folder.url, name: name)
        try FileManager.default.copyItem(at: station.folder, to: copy.folder)
        return copy
    }

    /// Throws the township's folder away and puts another in its place.
    func lose(andPutBack other: URL) throws {
        try FileManager.default.removeItem(at: server.folder)
        try FileManager.default.copyItem(at: other, to: server.folder)
    }

    /// Every station at rest equals the township, and the log is sound.
    func expectEqual(_ stations: [VillageStation], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let scopes = try server.command("status").json["scopes"].array
        for station in stations {
            let status = try station.run("status").json
            for own in status["scopes"].array {
                let theirs = scopes.first { $0["scope"].string == own["scope"].string }
                #expect(
                    own["digest"].string == theirs?["digest"].string ?? String(repeating: "0", count: 64),
                    "\(station.name)", sourceLocation: sourceLocation)
            }
            #expect(status["pendingSets"].int == 0, "\(station.name)", sourceLocation: sourceLocation)
        }
        #expect(try server.command("nightly").json["sound"].bool == true, sourceLocation: sourceLocation)
    }
}
