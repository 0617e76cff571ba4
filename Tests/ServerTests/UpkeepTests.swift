import Foundation
import RecordStore
import SyncEngine
import SyncWire
import Testing

@testable import Server

/// What a township says of its own nights and backups.
@Suite struct UpkeepTests {
    private static let now = Instant("2026-11-25T10:00:00+08:00")!

    private func ago(hours: Int64) -> Instant { Instant(milliseconds: Self.now.milliseconds - hours * 3_600_000) }

    private func upkeep(night: Int64?, backup: Int64?, isSound: Bool = true, since: Int64 = 1) -> Upkeep {
        Upkeep(
            since: ago(hours: since), night: night.map { .init(at: ago(hours: $0), isSound: isSound, sets: 7) },
            backup: backup.map { .init(at: ago(hours: $0), file: "/mnt/ruhu.backup", bytes: 10, seq: 7) })
    }

    private static let ages: [(night: Int64, backup: Int64, grave: [Bool])] = [
        (30, 30, []), (31, 1, [false]), (1, 31, [false]), (31, 31, [false, false]), (1, 168, [false]), (1, 169, [true]),
        (169, 169, [true, true]),
    ]

    @Test(arguments: ages) func whatIsOlderThanADayIsTold_andGraveAfterAWeek(night: Int64, backup: Int64, grave: [Bool])
    {
        #expect(upkeep(night: night, backup: backup).findings(at: Self.now).map(\.isGrave) == grave)
    }

    @Test func whatWasNeverDoneIsAsOldAsTheLog() {
        #expect(upkeep(night: nil, backup: nil).findings(at: Self.now).map(\.isGrave) == [false, false])
        #expect(upkeep(night: nil, backup: nil, since: 200).findings(at: Self.now).map(\.isGrave) == [true, true])
        #expect(Upkeep().findings(at: Self.now).count == 2)
    }

    @Test func damageIsGraveHoweverYoung() {
        let found = upkeep(night: 1, backup: 1, isSound: false).findings(at: Self.now)
        #expect(found.count == 1 && found[0].isGrave && found[0].message.zh.contains("技术人员"))
    }

    /// Who reads it is at a desk: the commands are in the manual.
    @Test func everyFindingSaysWhomToAskAndNamesNoCommand() {
        for found in upkeep(night: nil, backup: nil).findings(at: Self.now) {
            #expect(found.message.zh.contains("请技术人员") && found.message.en.contains("an engineer"))
            for text in [found.message.zh, found.message.en] { #expect(!text.contains("ruhu"), "\(text)") }
        }
    }

    @Test func aBackupIsKeptWithItsPlace_andARestoredTownshipKnowsOnlyOlderOnes() throws {
        let fixture = try TownshipFixture()
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).backup").path
        let folder = TownshipFolder(path: fixture.path + "-restored")
        defer { for path in [file, folder.path] { try? FileManager.default.removeItem(atPath: path) } }
        #expect(try fixture.township.database.read(Upkeep.read).backup == nil)
        let written = try Backup.write(fixture.township, to: file) { _, _ in }
        let kept = try #require(try fixture.township.database.read(Upkeep.read).backup)
        #expect(kept == .init(at: fixture.clock.now(), file: file, bytes: written.bytes, seq: written.manifest.seq))
        let clock = fixture.clock
        let restored = try Backup.restore(file, to: folder, clock: { clock.now() }) { _, _ in }.township
        #expect(try restored.database.read(Upkeep.read).backup == nil)
    }

    @Test func aNightIsKept() throws {
        let fixture = try TownshipFixture()
        let night = Upkeep.Night(at: fixture.clock.now(), isSound: false, sets: 12)
        try fixture.township.database.write { try Upkeep.keep(night, in: $0.database) }
        #expect(try fixture.township.database.read(Upkeep.read).night == night)
    }

    @Test func everyByteOfABackupIsReadBack() throws {
        let fixture = try TownshipFixture()
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).backup").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        _ = try Backup.write(fixture.township, to: file) { _, _ in }
        let key = Ed25519Signer(fixture.township.keys.signing).publicKey
        try BackupFile.check(file, publicKey: key)
        let whole = try Data(contentsOf: URL(filePath: file))
        for place in [3, 20, whole.count / 2, whole.count - 1] {
            var altered = whole
            altered[place] ^= 1
            try altered.write(to: URL(filePath: file))
            #expect(throws: Problem.self, "\(place)") { try BackupFile.check(file, publicKey: key) }
        }
        try whole.dropLast().write(to: URL(filePath: file))
        #expect(throws: Problem.self) { try BackupFile.check(file, publicKey: key) }
    }

    @Test(arguments: [
        ("2026-11-25T10:00:00+08:00", "2026-11-24T21:00:00+08:00"),
        ("2026-11-25T05:59:00+08:00", "2026-11-23T21:00:00+08:00"),
        ("2026-11-25T06:00:00+08:00", "2026-11-24T21:00:00+08:00"),
        ("2026-11-25T23:00:00+08:00", "2026-11-24T21:00:00+08:00"),
    ]) func aNightCountsOnceItIsOver(now: String, start: String) {
        #expect(StationReader.lastNight(before: Instant(now)!) == Instant(start)!)
    }
}
