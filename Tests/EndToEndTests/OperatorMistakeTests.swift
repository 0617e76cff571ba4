import Foundation
import ProgramRunner
import Testing

/// What an operator does to the township's files by mistake is told at once, and nothing is acknowledged on top of it.
@Suite struct OperatorMistakeTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
    }

    private var backup: String { folder.url.appending(path: "ruhu.backup").path }
    private var database: URL { server.folder.appending(path: "authority.sqlite") }

    private func copy() throws -> URL {
        let copy = folder.url.appending(path: "older.sqlite")
        try FileManager.default.copyItem(at: database, to: copy)
        return copy
    }

    /// What is signed with it would be refused by every station.
    @Test(arguments: ["signing.key", "desk.key", "sealing.key", "backup.key"])
    func nothingIsDoneWithTheKeyOfAnotherTownship(name: String) throws {
        server.stop()
        let other = try TownshipServer(in: folder.url.appending(path: "other"))
        let (ours, theirs) = (server.folder.appending(path: name), other.folder.appending(path: name))
        let key = try Data(contentsOf: ours)
        try Data(contentsOf: theirs).write(to: ours)
        let refused = try server.command("new", "household", "village=370404101201")
        #expect(refused.code == 74)
        #expect(refused.json["error"]["code"].int == 5004)
        #expect(refused.errors.contains(name))
        try key.write(to: ours)
        #expect(try server.command("new", "household", "village=370404101201").code == 0)
        #expect(try server.command("audit", "verify").json["sound"].bool == true)
    }

    /// A backup that could not be restored takes out of escrow what would have come back.
    @Test func aDamagedTownshipIsNotBackedUp() throws {
        let station = try server.station("a", village: "370404101201", staff: "甲")
        try station.sync()
        try #require(try server.command("backup", backup).code == 0)
        let typed = try server.command("new", "household", "village=370404101201", "address=一组").json["id"].string
        try station.sync()
        server.stop()
        // No page is broken, and every signed set says something else.
        var bytes = try Data(contentsOf: database)
        var found = bytes.startIndex
        while let range = bytes.range(of: Data("一组".utf8), in: found..<bytes.endIndex) {
            bytes.replaceSubrange(range, with: Data("二组".utf8))
            found = range.upperBound
        }
        #expect(found > bytes.startIndex)
        try bytes.write(to: database)
        let later = backup + ".later"
        let refused = try server.command("backup", later)
        #expect(refused.code == 74)
        #expect(refused.json["error"]["code"].int == 5007)
        #expect(!FileManager.default.fileExists(atPath: later))
        try FileManager.default.removeItem(at: server.folder)
        try #require(try server.command("restore", backup).code == 0)
        try server.start()
        for _ in 0..<2 { try station.sync() }
        #expect(try server.command("show", #require(typed)).json["fields"]["address"].string == "一组")
    }

    @Test(arguments: [true, false]) func nothingIsAcknowledgedOnADatabaseThatWasReplaced(isMoved: Bool) throws {
        let station = try server.station("a", village: "370404101201", staff: "甲")
        try station.sync()
        let old = try copy()
        var ids: [String] = []
        for number in 0..<40 {
            ids.append(try station.new("household", "number=\(number)", "address=\(String(repeating: "组", count: 60))"))
        }
        try station.sync()
        _ = try server.command("backup", backup)
        server.stop()
        try server.start()
        if isMoved {
            try FileManager.default.removeItem(at: database)
            try FileManager.default.moveItem(at: old, to: database)
        } else {
            let handle = try FileHandle(forWritingTo: database)
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: Data(contentsOf: old))
            try handle.close()
        }
        ids.append(try station.new("household", "number=99"))
        let synced = try station.run("sync")
        #expect(synced.code != 0)
        #expect(try station.run("status").json["pendingSets"].int == 1)
        #expect(server.wait() == 74)
        try FileManager.default.removeItem(at: server.folder)
        try #require(try server.command("restore", backup).code == 0)
        try server.start()
        try station.sync()
        for id in ids { #expect(try server.command("show", id).code == 0) }
        #expect(try server.command("audit", "verify").json["sound"].bool == true)
    }

    /// SQLite plays the journal that a killed server left back onto an older database.
    @Test func anOlderDatabaseBesideAJournalIsNotServed() throws {
        let station = try server.station("a", village: "370404101201", staff: "甲")
        try station.sync()
        server.stop()
        let old = try copy()
        for round in 0..<2 {
            try server.start()
            for number in 0..<30 { _ = try station.new("household", "number=\(round)\(number)") }
            try station.sync()
            if round == 0 { server.stop() } else { server.kill() }
        }
        try FileManager.default.removeItem(at: database)
        try FileManager.default.copyItem(at: old, to: database)
        let served = try server.program.run(["serve", "--listen", "127.0.0.1:0", "--plain-http"], killAfter: 20)
        #expect(served.code == 74)
        #expect(served.errors.contains("5007"), "\(served.text) \(served.errors)")
    }
}
