import EdgeClient
import RecordStore
import SimulationKit
import SyncEngine
import TestSupport
import Testing

/// Worlds in which data folders are cloned and put back from old copies all the time.
@Suite struct CopiesTests {
    @Test(arguments: 0..<4 as Range<UInt64>) func aCopiedFolderLosesDoublesAndOverrulesNothing(block: UInt64) throws {
        let templates = try DatabaseTemplates()
        for seed in 20_000 + block * 12..<20_000 + (block + 1) * 12 {
            var options = Simulation.Options(seed: seed, steps: 50)
            options.probabilities = [.folderCloned: 0.04, .oldFolderPutBack: 0.04]
            let world = try Simulation(options, templates: templates)
            let report = world.run()
            #expect(report.violations.isEmpty, "seed \(seed)\n\(report.violations)\nplan:\n\(world.plan.description)")
        }
    }

    /// Seed 20112: a copy whose line broke off five times while it took a new identity never synced again; each try
    /// counted as if it had been done.
    @Test func triesThatTheLineBreaksOffAreNoResets() throws {
        let village = Scope("370404101201")
        let now = Instant(milliseconds: 1_790_000_000_000)
        var random = SeededRandom(20_112)
        let epoch = EpochID.v7(milliseconds: now.milliseconds, using: &random)
        let templates = try DatabaseTemplates()
        let township = try SimulatedTownship(
            seed: 1,
            identity: AuthorityIdentity(
                name: "镇", region: SimulatedTownship.region, epoch: epoch,
                desk: .v7(milliseconds: now.milliseconds, using: &random)),
            version: .second, now: now, checkpointPages: 1_000, templates: templates)
        let first = try SimulatedStation(
            index: 0, seed: 2, device: .v7(milliseconds: now.milliseconds + 1, using: &random), scope: village,
            epoch: epoch, version: .second, checkpointPages: 1_000, templates: templates)
        try township.enrol(first.device, scope: village, signer: first.keys.first)
        let line = BreakingLine(to: township)
        try first.sync(over: line) { now }
        let copy = try SimulatedStation(copying: first, index: 1, seed: 3)
        for station in [first, copy] {
            let draft = Draft(
                kind: station.version.root, record: .v7(milliseconds: now.milliseconds, using: &random),
                operation: .create, writes: [.set("latest", .text("typed at \(station.index)"))])
            try station.capture([draft], at: now)
        }
        try first.sync(over: line) { now }
        line.breaksAtForks = true
        for _ in 0...Limits.resetsPerEpoch {
            #expect(throws: TransportError.self) { try copy.sync(over: line) { now } }
        }
        line.breaksAtForks = false
        try copy.sync(over: line) { now }
        #expect(copy.device != first.device)
        #expect(try township.records(of: township.version.root).count == 2)
    }
}

/// A line that breaks off before the answer to a fork arrives.
private final class BreakingLine: Transport {
    var breaksAtForks = false
    let traffic = Traffic.none
    private let township: SimulatedTownship

    init(to township: SimulatedTownship) { self.township = township }

    func send(
        _ request: HTTPRequest, onProgress: ((_ sent: Int64, _ received: Int64) -> Void)?,
        shouldAbort: (() -> Bool)?
    ) throws(TransportError) -> HTTPResponse {
        guard let answer = township.answer(request), !breaksAtForks || !request.url.hasSuffix("/fork") else {
            throw TransportError(.unreachable, detail: "cut", message: Label(zh: "断了。", en: "Cut."))
        }
        return answer
    }
}
