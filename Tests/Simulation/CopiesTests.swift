import EdgeClient
import RecordStore
import SimulationKit
import SyncEngine
import TestSupport
import Testing

/// Worlds in which data folders are cloned and put back from old copies all the time.
@Suite struct CopiesTests {
    @Test(arguments: 0..<4 as Range<UInt64>) func aCopiedFolderLosesDoublesAndOverrulesNothing(block: UInt64) throws {
        try run(20_000 + block * 12..<20_000 + (block + 1) * 12, [.folderCloned: 0.04, .oldFolderPutBack: 0.04])
    }

    @Test(arguments: 0..<4 as Range<UInt64>) func anOlderTownshipLosesDoublesAndOverrulesNothing(block: UInt64) throws {
        try run(21_000 + block * 8..<21_000 + (block + 1) * 8, [.serverRestored: 0.03, .serverFilePutBack: 0.03])
    }

    private func run(_ seeds: Range<UInt64>, _ probabilities: [Fault: Double]) throws {
        let templates = try DatabaseTemplates()
        for seed in seeds {
            var options = Simulation.Options(seed: seed, steps: 60)
            options.probabilities = probabilities
            let world = try Simulation(options, templates: templates)
            let report = world.run()
            #expect(report.violations.isEmpty, "seed \(seed)\n\(report.violations)\nplan:\n\(world.plan.description)")
        }
    }

    /// Seed 20112: a copy whose line broke off five times while it took a new identity never synced again; each try
    /// counted as if it had been done.
    @Test func triesThatTheLineBreaksOffAreNoResets() throws {
        let pair = try Pair(seed: 20_112)
        try pair.sync(pair.first)
        let copy = try pair.clone(pair.first)
        for station in [pair.first, copy] { try pair.type(at: station) }
        try pair.sync(pair.first)
        pair.line.breaksAtForks = true
        for _ in 0...Limits.resetsPerEpoch {
            #expect(throws: TransportError.self) { try pair.sync(copy) }
        }
        pair.line.breaksAtForks = false
        try pair.sync(copy)
        #expect(copy.device != pair.first.device)
        #expect(try pair.records() == 2)
    }

    /// Seed 528: a machine that stopped after it had taken a new identity, before the keys for it were put away, offered
    /// the same keys when it was a copy once more, and was refused for ever.
    @Test func whatACrashLeftOfOneForkIsNotOfferedForTheNext() throws {
        let pair = try Pair(seed: 528)
        try pair.sync(pair.first)
        let copy = try pair.clone(pair.first)
        for station in [pair.first, copy] { try pair.type(at: station) }
        try pair.sync(pair.first)
        copy.keys.diesBeforeForgetting = true
        #expect(throws: Problem.self) { try pair.sync(copy) }
        copy.keys.diesBeforeForgetting = false
        try pair.sync(copy)
        let second = try pair.clone(copy)
        for station in [copy, second] { try pair.type(at: station) }
        try pair.sync(copy)
        try pair.sync(second)
        #expect(Set([pair.first, copy, second].map(\.device)).count == 3)
        #expect(try pair.records() == 4)
    }

    /// Seed 3: when one backup was restored twice, stations brought back what the desk had done between the two under a
    /// desk that the backup does not know. It was refused, and with it everything that its stations had typed.
    @Test func whatTheDeskDidBetweenTwoRestoresOfOneBackupComesBack() throws {
        let pair = try Pair(seed: 3)
        try pair.type(at: pair.first)
        try pair.sync(pair.first)
        try pair.township.keepCopy(.backup, seed: 1)
        _ = try pair.township.putBack(.backup, seed: 2)
        let kind = pair.township.version.root
        let record = try #require(try pair.township.records(of: kind).first)
        let draft = Draft(kind: kind, record: record.id, operation: .edit, writes: [.set("town", .text("decided"))])
        _ = try pair.township.act([draft], reason: "decided", seen: nil, author: "clerk")
        try pair.sync(pair.first)
        _ = try pair.township.putBack(.backup, seed: 3)
        #expect(try pair.township.records(of: kind).first?.value("town", in: kind) == .null)
        try pair.type(at: pair.first)
        try pair.sync(pair.first)
        #expect(try pair.township.records(of: kind).contains { $0.value("town", in: kind) == .text("decided") })
        #expect(try pair.records() == 2)
    }

    /// Seed 21003: the database was copied back by hand, and the desk went on before a station showed that it had. What the
    /// desk had done before had the same numbers as what it did then, and was never taken back.
    @Test func whatTheDeskDidBeforeAnUnnoticedCopyComesBack() throws {
        let pair = try Pair(seed: 21_003)
        let kind = pair.township.version.root
        try pair.type(at: pair.first)
        try pair.sync(pair.first)
        let record = try #require(try pair.township.records(of: kind).first)
        func decide(_ field: String, _ text: String) throws {
            let draft = Draft(kind: kind, record: record.id, operation: .edit, writes: [.set(field, .text(text))])
            _ = try pair.township.act([draft], reason: "decided", seen: nil, author: "clerk")
        }
        try pair.township.keepCopy(.file, seed: 1)
        try decide("town", "before")
        try decide("review", "before too")
        try pair.sync(pair.first)
        _ = try pair.township.putBack(.file, seed: 2)
        try decide("latest", "after")
        #expect(throws: Problem.self) { try pair.sync(pair.first) }
        for _ in 0..<2 { try pair.sync(pair.first) }
        let stands = try #require(try pair.township.records(of: kind).first)
        #expect(stands.value("town", in: kind) == .text("before"))
        #expect(stands.value("review", in: kind) == .text("before too"))
        #expect(stands.value("latest", in: kind) == .text("after"))
        let rows = try pair.township.head()
        try pair.sync(pair.first)
        #expect(try pair.township.head() == rows, "taken back once")
    }

    /// Seed 21031: one backup went back under a database that had been copied back unnoticed. The history it belonged to
    /// was another one than its station had been shown under the same id, and the station refused it for ever.
    @Test func aBackupOfAnUnnoticedCopyIsFollowed() throws {
        let pair = try Pair(seed: 21_031)
        try pair.township.keepCopy(.file, seed: 1)
        try pair.type(at: pair.first)
        try pair.sync(pair.first)
        _ = try pair.township.putBack(.file, seed: 2)
        let second = try pair.join()
        for _ in 0..<2 { try pair.type(at: second) }
        try pair.sync(second)
        try pair.township.keepCopy(.backup, seed: 3)
        _ = try pair.township.putBack(.backup, seed: 4)
        #expect(throws: Problem.self) { try pair.sync(pair.first) }
        for _ in 0..<2 {
            try pair.sync(pair.first)
            try pair.sync(second)
        }
        #expect(try pair.records() == 3)
    }

    /// Seed 686: the database was copied back to where a station's cursor stood, and lacked what the station had handed in
    /// since. Nothing that it signed told so; the station offered what came next, and was refused for ever.
    @Test func aTownshipThatForgotWhatItAnsweredIsGivenItAgain() throws {
        let pair = try Pair(seed: 686)
        try pair.type(at: pair.first)
        try pair.sync(pair.first)
        try pair.township.keepCopy(.file, seed: 1)
        try pair.type(at: pair.first)
        try pair.push(pair.first)
        _ = try pair.township.putBack(.file, seed: 2)
        try pair.sync(pair.first)
        #expect(try pair.records() == 2)
        try pair.township.keepCopy(.file, seed: 3)
        try pair.type(at: pair.first)
        try pair.push(pair.first)
        _ = try pair.township.putBack(.file, seed: 4)
        try pair.type(at: pair.first)
        try pair.sync(pair.first)
        #expect(try pair.records() == 4)
        #expect(try pair.first.outbox(.unsettled).isEmpty)
    }

    /// Seed 779: a copy of a copy, shown to a township restored from before both. It was taken in again, but not what it had
    /// been in between, and what it had typed as that was refused for ever.
    @Test func aCopyOfACopyIsTakenInWithAllThatItWas() throws {
        let pair = try Pair(seed: 779)
        try pair.sync(pair.first)
        try pair.township.keepCopy(.backup, seed: 1)
        var copies = [pair.first]
        for _ in 0..<2 {
            let parent = copies[copies.count - 1]
            let copy = try pair.clone(parent)
            for station in [parent, copy] { try pair.type(at: station) }
            try pair.sync(parent)
            try pair.sync(copy)
            copies.append(copy)
        }
        _ = try pair.township.putBack(.backup, seed: 2)
        // The machine in the middle is gone; what it typed before it was copied is in the last one's outbox too.
        for station in [copies[2], copies[0]] { try pair.sync(station) }
        #expect(try pair.records() == 3)
        #expect(try copies.allSatisfy { try $0 === copies[1] || $0.outbox(.unsettled).isEmpty })
    }

    /// Seed 779 too: only a station that the database copied back did not know held a head that it contradicts. It was not
    /// heard, for it was unknown, and not taken in, for it was looking at another history.
    @Test func aStationUnknownToTheCopyShowsThatItIsOne() throws {
        let pair = try Pair(seed: 781)
        try pair.type(at: pair.first)
        try pair.sync(pair.first)
        try pair.township.keepCopy(.file, seed: 1)
        let second = try pair.join()
        try pair.type(at: second)
        try pair.sync(second)
        _ = try pair.township.putBack(.file, seed: 2)
        #expect(throws: Problem.self) { try pair.sync(second) }
        try pair.sync(second)
        try pair.sync(pair.first)
        #expect(try pair.records() == 2)
        #expect(try pair.township.identityNow().epoch != pair.township.identity.epoch)
    }

    /// A device that the restored township does not know stays out when its revocation came back before it.
    @Test func aRevokedDeviceIsNotTakenInAgain() throws {
        let pair = try Pair(seed: 780)
        try pair.sync(pair.first)
        try pair.township.keepCopy(.backup, seed: 1)
        let second = try pair.join()
        try pair.sync(second)
        try pair.township.revoke(second.device)
        try pair.sync(pair.first)
        _ = try pair.township.putBack(.backup, seed: 2)
        try pair.sync(pair.first)
        try pair.type(at: second)
        let problem = #expect(throws: Problem.self) { try pair.sync(second) }
        #expect(problem?.code == .revoked)
        #expect(try pair.records() == 0)
        let registered = try pair.township.database.read { try DeviceRegister($0).device(second.device) }
        #expect(registered?.state.isRevoked == true, "whom the township keeps out, it lists")
    }

    /// Seed 277: a record that a copy had brought under its former id, and that had left the village since, stayed on its
    /// screen until the digests were compared, and all was fetched anew.
    @Test func aRecordOfAFormerIDThatMovedAwayLeaves() throws {
        let pair = try Pair(seed: 277)
        let kind = pair.township.version.root
        try pair.sync(pair.first)
        try pair.type(at: pair.first)
        try pair.push(pair.first)
        let copy = try pair.clone(pair.first)
        for station in [pair.first, copy] { try pair.type(at: station) }
        let record = try #require(try pair.township.records(of: kind).first)
        let draft = Draft(
            kind: kind, record: record.id, operation: .edit, writes: [.set("place", .text("370404101202"))])
        _ = try pair.township.act([draft], reason: "moved", seen: nil, author: "clerk")
        try pair.sync(pair.first)
        let fetched = pair.line.bootstraps
        try pair.sync(copy)
        #expect(pair.line.bootstraps == fetched, "nothing had to be fetched anew")
        for station in [pair.first, copy] { #expect(try station.shadows()[record.id] == nil) }
    }
}

/// A township and one station, which may be copied.
private final class Pair {
    private static let now = Instant(milliseconds: 1_790_000_000_000)
    let township: SimulatedTownship
    let first: SimulatedStation
    let line: BreakingLine
    private var random: SeededRandom
    private var copies = 0

    init(seed: UInt64) throws {
        random = SeededRandom(seed)
        let village = Scope("370404101201")
        let epoch = EpochID.v7(milliseconds: Self.now.milliseconds, using: &random)
        let templates = try DatabaseTemplates()
        township = try SimulatedTownship(
            seed: 1,
            identity: AuthorityIdentity(
                name: "镇", region: SimulatedTownship.region, epoch: epoch,
                desk: .v7(milliseconds: Self.now.milliseconds, using: &random)),
            version: .second, now: Self.now, checkpointPages: 1_000, templates: templates)
        first = try SimulatedStation(
            index: 0, seed: 2, device: .v7(milliseconds: Self.now.milliseconds + 1, using: &random), scope: village,
            epoch: epoch, version: .second, checkpointPages: 1_000, templates: templates)
        try first.keep(try township.enrol(first.device, scope: village, signer: first.keys.first))
        line = BreakingLine(to: township)
    }

    /// Another station of the same village.
    func join() throws -> SimulatedStation {
        copies += 1
        let device = DeviceID.v7(milliseconds: Self.now.milliseconds + 2, using: &random)
        let station = try SimulatedStation(
            index: copies, seed: 200 + UInt64(copies), device: device, scope: first.scope,
            epoch: try township.identityNow().epoch, version: .second, checkpointPages: 1_000,
            templates: DatabaseTemplates())
        try station.keep(try township.enrol(device, scope: first.scope, signer: station.keys.first))
        return station
    }

    /// The line breaks off when everything is handed in.
    func push(_ station: SimulatedStation) throws {
        line.breaksAtPulls = true
        #expect(throws: TransportError.self) { try sync(station) }
        line.breaksAtPulls = false
    }

    func clone(_ station: SimulatedStation) throws -> SimulatedStation {
        copies += 1
        return try SimulatedStation(copying: station, index: copies, seed: 100 + UInt64(copies))
    }

    func type(at station: SimulatedStation) throws {
        let draft = Draft(
            kind: station.version.root, record: .v7(milliseconds: Self.now.milliseconds, using: &random),
            operation: .create,
            writes: [.set("place", .text(station.scope.code)), .set("latest", .text("typed at \(station.index)"))])
        try station.capture([draft], at: Self.now)
    }

    func sync(_ station: SimulatedStation) throws { try station.sync(over: line) }

    func records() throws -> Int { try township.records(of: township.version.root).count }
}

/// A line that breaks off before the answer to a fork arrives.
private final class BreakingLine: Transport {
    var breaksAtForks = false
    var breaksAtPulls = false
    private(set) var bootstraps = 0
    let traffic = Traffic.none
    private let township: SimulatedTownship

    init(to township: SimulatedTownship) { self.township = township }

    func send(
        _ request: HTTPRequest, onProgress: ((_ sent: Int64, _ received: Int64) -> Void)?,
        shouldAbort: (() -> Bool)?
    ) throws(TransportError) -> HTTPResponse {
        if request.url.contains("token=") { bootstraps += 1 }
        guard let answer = township.answer(request), !breaksAtForks || !request.url.hasSuffix("/fork"),
            !breaksAtPulls || !request.url.contains("/v1/pull")
        else {
            throw TransportError(.unreachable, detail: "cut", message: Label(zh: "断了。", en: "Cut."))
        }
        return answer
    }
}
