import EdgeClient
import RecordStore
package import SyncEngine
package import TestSupport

import struct GRDB.DatabaseError

/// One world from one seed: stations, a township, people, clocks, network and storage, on the product's own engine,
/// stores and protocol code. Everything happens on one thread, in an order that the seed decides; the same seed gives
/// the same run.
package final class Simulation {
    package struct Options {
        package var seed: UInt64
        package var steps: Int
        package var hasFaults = true
        /// Probabilities that hold instead of the plan's own.
        package var probabilities: [Fault: Double] = [:]
        package var sabotage: Sabotage?
        package var trace: ((String) -> Void)?

        package init(seed: UInt64, steps: Int) {
            self.seed = seed
            self.steps = steps
        }
    }

    package static let villages = ["370404101201", "370404101202", "370404101203"]
    /// Findings of one checker that are kept of one world.
    private static let findingsPerChecker = 5
    /// Clones included.
    private static let mostStations = 9
    /// Percent of steps in which somebody copies a data folder aside, where old copies are put back.
    private static let keepsCopies = 4
    /// Faults off: after so many rounds in which everyone syncs, nothing may wait any more.
    package static let healingRounds = 4

    package let options: Options
    package private(set) var plan: FaultPlan
    package let templates: DatabaseTemplates
    package let township: SimulatedTownship
    package private(set) var stations: [SimulatedStation] = []
    package let network = SimulatedNetwork()
    package internal(set) var witness: Witness?
    /// How many databases the township has had.
    package internal(set) var history = 0
    /// The last seq when a history of the township began.
    var epochStarts: [EpochID: LogSnapshot.EpochStart] = [:]
    /// When the server's program was exchanged, and for which: what was decided before went by the older schema.
    package internal(set) var upgrades: [Upgrade] = []
    package var random: SeededRandom
    package private(set) var now: Instant
    package var report: Report
    package internal(set) var exchanges = 0
    package private(set) var step = 0
    package var sabotageApplied = false
    private(set) var areFaultsOn: Bool
    private var depth = 0
    /// What the township held when the disk of its author was lost.
    var acknowledged: [SimulatedStation.Lost] = []
    /// What stations hold of the desk for a township that was restored.
    var escrowed: [Escrowed] = []
    private let checkers: [any Checker]
    private var decidedMark: DatabaseMark?
    private var knownLog: (mark: DatabaseMark, log: LogSnapshot)?
    private var knownRevoked: (mark: DatabaseMark, devices: Set<DeviceID>)?

    /// Everything that the township's database may change with.
    private struct DatabaseMark: Equatable {
        var disk: ObjectIdentifier
        var operations: Int
        var restarts: Int

        init(_ township: SimulatedTownship) {
            disk = ObjectIdentifier(township.disk)
            operations = township.disk.operations
            restarts = township.restarts
        }
    }

    package struct Upgrade {
        package var after: Seq
        package var version: SimulatedSchema
        package var revoked: Set<DeviceID>
    }

    package init(_ options: Options, templates: DatabaseTemplates) throws {
        self.options = options
        self.templates = templates
        random = SeededRandom(options.seed)
        plan = options.hasFaults ? FaultPlan(using: &random) : FaultPlan()
        if options.hasFaults { plan.addCopies(seed: options.seed) }
        for (fault, probability) in options.probabilities { plan.set(fault, to: probability) }
        areFaultsOn = options.hasFaults
        now = Instant(milliseconds: 1_790_000_000_000)
        report = Report(seed: options.seed)
        checkers = Checkers.all()
        let epoch = EpochID.v7(milliseconds: now.milliseconds, using: &random)
        let desk = DeviceID.v7(milliseconds: now.milliseconds, using: &random)
        let identity = AuthorityIdentity(name: "镇", region: SimulatedTownship.region, epoch: epoch, desk: desk)
        let isOlder = random.strikes(plan.probability(.olderServer))
        township = try SimulatedTownship(
            seed: random.next(), identity: identity, version: isOlder ? .first : .second, now: now,
            checkpointPages: [8, 40, 1_000].randomElement(using: &random) ?? 40, templates: templates)
        if isOlder { report.count(.olderServer) }
        noteEpoch()
        for index in 0..<Int.random(in: 2...6, using: &random) { try addStation(index, epoch) }
    }

    private func addStation(_ index: Int, _ epoch: EpochID) throws {
        let village = Self.villages[Int.random(in: 0..<min(Self.villages.count, 1 + index), using: &random)]
        let isOlder = strikes(.olderStations)
        let station = try SimulatedStation(
            index: index, seed: random.next(),
            device: .v7(milliseconds: now.milliseconds + Int64(index), using: &random), scope: Scope(village),
            epoch: epoch, version: isOlder ? .first : .second,
            checkpointPages: [8, 40, 1_000].randomElement(using: &random) ?? 40, templates: templates)
        if strikes(.clockYearsOff) {
            station.clockSkew = Int64.random(in: -400_000_000_000...400_000_000_000, using: &random)
        }
        if strikes(.clockTies) { station.clockGranularity = 3_600_000 }
        try station.keep(try township.enrol(station.device, scope: station.scope, signer: station.keys.first))
        stations.append(station)
    }

    // MARK: - Chance

    /// Whether a fault of the plan happens here and now; counted.
    package func strikes(_ fault: Fault) -> Bool {
        guard areFaultsOn, random.strikes(plan.probability(fault)) else { return false }
        report.count(fault)
        return true
    }

    package func trace(_ text: @autoclosure () -> String) {
        options.trace?("\(step) " + String(repeating: "  ", count: depth) + text())
    }

    // MARK: - The run

    /// Runs the world, heals it and checks it.
    /// - Returns: what was done, what was injected and what was violated.
    package func run() -> Report {
        while step < options.steps, report.violations.isEmpty {
            step += 1
            advanceClock()
            oneStep()
        }
        if report.violations.isEmpty { heal() }
        if report.violations.isEmpty { check(.rest) }
        gatherCounts()
        return report
    }

    private func advanceClock() {
        let days = strikes(.nonceExpired) ? 40 : 0
        let step = random.chance(10) ? Int64.random(in: 0...200_000_000, using: &random) : 1_000
        now = Instant(milliseconds: now.milliseconds + step + Int64(days) * 86_400_000)
        if strikes(.serverClockJump) {
            township.clock.instant = Instant(
                milliseconds: now.milliseconds + Int64.random(in: -90_000_000_000...90_000_000_000, using: &random))
        } else if random.chance(20) || township.clock.instant < now {
            township.clock.instant = now
        }
    }

    private func oneStep() {
        if strikes(.oldRequestDelivered), let request = network.old.randomElement(using: &random) {
            trace("an old request arrives again: \(request.method) \(request.url.suffix(40))")
            _ = deliver(request, from: nil)
        }
        let station = stations[Int.random(in: 0..<stations.count, using: &random)]
        if strikes(.revoked) { revoke(station) }
        copyFolders(of: station)
        copyTownship()
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<34: act(station)
        case 34..<40: onTownship("desk") { try self.deskAct() }
        case 40..<44: onTownship("resolve") { try self.resolve() }
        case 44..<46: restart(station)
        case 46: onTownship("restart") { try self.township.restart(.keepsAll) }
        case 47: upgrade()
        case 48..<50: visitWitness()
        default: sync(station)
        }
    }

    private func heal() {
        areFaultsOn = false
        trace("the faults are over")
        township.clock.instant = now
        noteRevocations()
        upgradeServer()
        for station in stations where station.version == .first { upgrade(station) }
        for _ in 0..<Self.healingRounds { for station in stations where !station.isRevoked { sync(station) } }
        if report.violations.isEmpty { onTownship("witness") { try self.finishWitness() } }
        if options.sabotage == .changesAShadow { sabotageShadow() }
        forgetVanished()
    }

    private func gatherCounts() {
        report.steps = step
        report.exchanges = exchanges
        let database = township.database
        let counted = try? database.read { snapshot in
            let open = try database.tables.conflicts(in: snapshot, includeClosed: true).count
            let refused = try Query(snapshot, "SELECT count(*) FROM quarantine").first { $0.int(0) }
            report.forks = try DeviceRegister(snapshot).stations().count { !$0.state.lineage.isEmpty }
            return (Int(try LogReader(snapshot, tables: database.tables).head().seq), open, refused ?? 0)
        }
        (report.decided, report.conflicts, report.quarantined) = counted ?? (0, 0, 0)
        for machine in stations.map(\.disk) + [township.disk] { report.disk += machine.counts }
        report.restarts = stations.reduce(township.restarts) { $0 + $1.restarts }
    }

    // MARK: - Machines

    /// Runs `body` on a station with the storage faults of the plan, and starts the machine again when it died.
    func onStation(_ station: SimulatedStation, _ what: String, _ body: () throws -> Void) {
        arm(station.disk, kill: .stationKilled, cut: .stationPowerCut, full: .stationDiskFull, sync: .stationSyncFailed)
        depth += 1
        perform(what, body)
        depth -= 1
        station.disk.disarm()
        if station.disk.isDead { restart(station) }
    }

    func onTownship(_ what: String, _ body: () throws -> Void) {
        arm(township.disk, kill: .serverKilled, cut: .serverPowerCut, full: .serverDiskFull, sync: .serverSyncFailed)
        perform(what, body)
        township.disk.disarm()
        if township.disk.isDead { restartServer() }
        check(.decided)
    }

    /// A request reaches the server. `nil` when the server died over it.
    func deliver(_ request: HTTPRequest, from station: SimulatedStation?) -> HTTPResponse? {
        if let forged = forgedAnswer(to: request, from: station) { return forged }
        arm(township.disk, kill: .serverKilled, cut: .serverPowerCut, full: .serverDiskFull, sync: .serverSyncFailed)
        let response = township.answer(request)
        trace(
            "  \(request.method.rawValue) \(request.url.dropFirst(SimulatedNetwork.address.count)): \(response?.status ?? 0)"
        )
        township.disk.disarm()
        if township.disk.isDead { restartServer() }
        sabotageAuthority()
        check(.decided)
        return response
    }

    private func arm(_ disk: SimulatedDisk, kill: Fault, cut: Fault, full: Fault, sync: Fault) {
        disk.losesUnsynced = false
        let operations = Int.random(in: 1...40, using: &random)
        if strikes(kill) { disk.arm(.kill, countdown: operations) }
        if strikes(cut) {
            disk.arm(.kill, countdown: operations)
            disk.losesUnsynced = true
        }
        if strikes(full) { disk.arm(.full, countdown: 1 + operations / 4) }
        if strikes(sync) { disk.arm(.sync, countdown: 1 + operations / 10) }
    }

    /// Refusals and broken connections are part of the game; anything else is a finding.
    func perform(_ what: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch let problem as Problem {
            trace("\(what): \(problem.code) \(problem.subject)")
            report.problems[problem.code, default: 0] += 1
        } catch let error as TransportError {
            trace("\(what): \(error.detail)")
        } catch let error as DatabaseError {
            trace("\(what): \(error)")
            report.storageErrors += 1
            if !areFaultsOn { violate(10, "Storage", "\(what): \(error) without a fault") }
        } catch {
            violate(0, "Errors", "\(what): \(error)")
        }
    }

    private func restartMode(_ disk: SimulatedDisk) -> SimulatedDisk.Restart {
        guard disk.isDead, disk.losesUnsynced else { return .keepsAll }
        return [.keepsNone, .keepsPrefix, .keepsAnySectors].randomElement(using: &random) ?? .keepsNone
    }

    private func restart(_ station: SimulatedStation) {
        let mode = restartMode(station.disk)
        trace("station \(station.index) starts again (\(station.disk.isDead ? "\(mode)" : "cleanly"))")
        perform("restart") { try station.restart(mode) }
        check(.restarted(station))
    }

    private func restartServer() {
        let mode = restartMode(township.disk)
        trace("the server starts again (\(mode))")
        perform("restart of the server") { try township.restart(mode) }
    }

    // MARK: - What a machine does

    func sync(_ station: SimulatedStation) {
        report.sessions += 1
        trace("station \(station.index) syncs")
        onStation(station, "sync") {
            let link = SimulatedLink(world: self, station: station)
            try station.sync(over: link)
            report.completeSessions += 1
            station.history = history
        }
        noteRevocations()
        check(.synced(station))
    }

    /// In the middle of an exchange somebody types, or another station syncs.
    func somethingElseHappens(during station: SimulatedStation) {
        guard depth < 2 else { return }
        depth += 1
        if strikes(.editDuringExchange) { perform("typing") { try randomAct(station) } }
        if strikes(.syncDuringExchange) {
            let other = stations[Int.random(in: 0..<stations.count, using: &random)]
            if other.index != station.index { sync(other) }
        }
        depth -= 1
    }

    private func act(_ station: SimulatedStation) {
        onStation(station, "act") {
            for _ in 0..<Int.random(in: 1...3, using: &random) { try randomAct(station) }
        }
    }

    private func revoke(_ station: SimulatedStation) {
        guard !station.isRevoked, stations.filter({ !$0.isRevoked }).count > 2 else { return }
        trace("station \(station.index) is revoked")
        onTownship("revoke") {
            try township.revoke(station.device)
        }
        noteRevocations()
    }

    /// A data folder is copied to another machine, is copied aside, or is replaced by what was copied aside.
    private func copyFolders(of station: SimulatedStation) {
        if stations.count < Self.mostStations, strikes(.folderCloned) {
            trace("station \(stations.count) is a clone of station \(station.index)")
            perform("clone") {
                stations.append(try SimulatedStation(copying: station, index: stations.count, seed: random.next()))
            }
        }
        guard plan.probability(.oldFolderPutBack) > 0 else { return }
        if random.chance(Self.keepsCopies) { station.keepCopy(seed: random.next()) }
        guard station.hasCopy, strikes(.oldFolderPutBack) else { return }
        trace("station \(station.index) gets an old data folder back")
        perform("put back") {
            let held = try LogSnapshot(township.database).acts(of: station.position(), township.database.tables.codec)
            acknowledged += try station.putBack(seed: random.next()).filter {
                held[$0.number]?.contains($0.act) ?? false
            }
            escrowed.removeAll { $0.station == station.index && station.history < history }
        }
        noteRevocations()
        check(.restarted(station))
    }

    private func upgrade() {
        if township.version == .first, random.chance(50) { return upgradeServer() }
        if let station = stations.first(where: { $0.version == .first }) { upgrade(station) }
    }

    private func upgrade(_ station: SimulatedStation) {
        trace("station \(station.index) gets the newer program")
        perform("upgrade") { try station.restart(.keepsAll, version: .second) }
        check(.restarted(station))
    }

    private func upgradeServer() {
        guard township.version == .first else { return }
        trace("the server gets the newer program")
        perform("upgrade of the server") {
            let revoked = Set(stations.filter(\.isRevoked).map(\.device))
            upgrades.append(Upgrade(after: try township.head(), version: .second, revoked: revoked))
            try township.restart(.keepsAll, version: .second)
            try township.retryHeld()
        }
        check(.decided)
    }

    // MARK: - Checks

    package func check(_ moment: Moment) {
        if case .decided = moment {
            // A file that nothing was written to since is as it was when it was looked at.
            let mark = DatabaseMark(township)
            if mark == decidedMark { return }
            decidedMark = mark
            noteEpoch()
        }
        // A commit may have returned although the machine died in what came after it: it is looked at after its restart.
        if moment.station?.disk.isDead == true { return }
        for checker in checkers {
            do {
                for detail in try checker.check(self, at: moment) {
                    violate(checker.invariant, checker.name, detail)
                }
            } catch {
                violate(checker.invariant, checker.name, "the check failed: \(error)")
            }
        }
    }

    /// The township's log as it stands: read anew when anything was written since.
    func log() throws -> LogSnapshot {
        let mark = DatabaseMark(township)
        if let knownLog, knownLog.mark == mark { return knownLog.log }
        let log = try LogSnapshot(township.database, starts: epochStarts)
        knownLog = (mark, log)
        return log
    }

    /// Whom the township keeps out: asked anew when anything was written since.
    func revokedDevices() throws -> Set<DeviceID> {
        let mark = DatabaseMark(township)
        if let knownRevoked, knownRevoked.mark == mark { return knownRevoked.devices }
        let devices = try township.revokedDevices()
        knownRevoked = (mark, devices)
        return devices
    }

    func violate(_ invariant: Int, _ checker: String, _ detail: String) {
        guard report.violations.count(where: { $0.checker == checker }) < Self.findingsPerChecker else { return }
        trace("VIOLATION of \(invariant) (\(checker)): \(detail)")
        report.violations.append(Violation(invariant: invariant, checker: checker, detail: detail, step: step))
    }
}
