import Foundation
import ProgramRunner
import RecordStore
import SyncEngine
import Testing

@testable import Assistance
@testable import Server

/// The ledger's file is derived: whatever becomes of it, the next reader has the right one.
@Suite struct LedgerFileTests {
    private let world: LedgerWorld

    init() throws {
        world = try LedgerWorld(seed: 7)
        for _ in 0..<60 { world.step() }
    }

    private var path: String { world.township.folder.ledgerPath }

    /// What another process would open.
    private func opened() throws -> [String] {
        let file = LedgerFile(path: path)
        try Ledger(township: world.township, file: file).refresh()
        return try LedgerWorld.rows(of: file)
    }

    @Test func oneThatWasDeletedIsBuiltAnew() throws {
        let before = try world.refreshed()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        #expect(try opened() == before)
    }

    @Test(arguments: [0, 20, 3_000])
    func oneThatIsDamagedIsBuiltAnew(keep: Int) throws {
        let before = try world.refreshed()
        let whole = try Data(contentsOf: URL(filePath: path))
        // Another file: this process has the one before still open.
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try Data(whole.prefix(keep) + Data(repeating: 0x5A, count: 9_000)).write(to: URL(filePath: path))
        #expect(try opened() == before)
    }

    @Test func itIsItsOwnersAlone() throws {
        _ = try world.refreshed()
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func nothingNewIsNothingDone() throws {
        let ledger = world.township.ledger
        try ledger.refresh()
        #expect(try ledger.refresh() == .nothing)
        world.step()
        let home = world.household()
        _ = world.member(of: home)
        guard case .families = try ledger.refresh() else { return #expect(Bool(false), "everything was built anew") }
        #expect(try ledger.refresh() == .nothing)
    }

    @Test func anotherHistoryIsReadFromItsBeginning() throws {
        _ = try world.refreshed()
        let now = world.now
        try world.township.database.write { transaction in
            let head = try transaction.head()
            try transaction.startEpoch(
                fork: head.seq, epoch: Township.newID(at: now), desk: Township.newID(at: now), reason: "restore",
                at: now)
        }
        #expect(try Ledger(township: world.township).refresh() == .everything)
        #expect(try world.refreshed() == world.rebuilt())
    }

    @Test func aDayThatGoesBackIsReadAnew() throws {
        _ = try world.refreshed()
        world.later(days: -30)
        #expect(try world.township.ledger.refresh() == .everything)
        #expect(try world.refreshed() == world.rebuilt())
    }

    @Test func manyAtOnceMakeOneLedger() async throws {
        let (township, path) = (world.township, path)
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    try await onThread {
                        for _ in 0..<5 { try Ledger(township: township, file: LedgerFile(path: path)).refresh() }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try opened() == world.rebuilt())
    }

    @Test func oneThatWasKilledWhileItWasBuiltIsBuiltByTheNext() throws {
        let program = Program("ruhu-server", environment: ["RUHU_HOME": world.township.folder.path])
        for milliseconds in [1, 5, 15, 30, 60] {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            let null = open("/dev/null", O_RDWR | O_CLOEXEC)
            defer { close(null) }
            let process = try program.start(["tasks", "--json"], descriptors: (null, null, null))
            usleep(UInt32(milliseconds) * 1_000)
            process.signal(SIGKILL)
            _ = process.wait()
            #expect(try opened() == world.rebuilt(), "after \(milliseconds) ms")
        }
    }
}
