package import TestSupport

/// What may go wrong (DESIGN section 6, Faults to inject).
package enum Fault: String, CaseIterable, Sendable {
    case requestLost, responseLost, requestDuplicated, oldRequestDelivered, requestCut, answerCut, requestFlipped
    case answerFlipped, portalPage, stall
    case stationKilled, stationPowerCut, stationDiskFull, stationSyncFailed
    case serverKilled, serverPowerCut, serverDiskFull, serverSyncFailed
    case clockYearsOff, clockTies, serverClockJump, nonceExpired
    case editDuringExchange, syncDuringExchange
    case olderStations, olderServer, revoked, poisonSet
    case folderCloned, oldFolderPutBack, serverRestored, serverFilePutBack

    /// How often it happens where it can, in a plan of middle strength.
    package var probability: Double {
        switch self {
        case .requestLost, .responseLost, .requestDuplicated: 0.03
        case .oldRequestDelivered: 0.03
        case .requestCut, .answerCut, .requestFlipped, .answerFlipped, .portalPage, .stall: 0.015
        case .stationKilled, .stationPowerCut: 0.015
        case .stationDiskFull, .stationSyncFailed: 0.01
        case .serverKilled, .serverPowerCut: 0.006
        case .serverDiskFull, .serverSyncFailed: 0.006
        case .clockYearsOff: 0.05
        case .clockTies: 0.3
        case .serverClockJump: 0.004
        case .nonceExpired: 0.004
        case .editDuringExchange: 0.05
        case .syncDuringExchange: 0.02
        case .olderStations, .olderServer: 0.5
        case .revoked: 0.002
        case .poisonSet: 0.04
        case .folderCloned: 0.01
        case .oldFolderPutBack: 0.01
        case .serverRestored: 0.004
        case .serverFilePutBack: 0.003
        }
    }

    /// A machine's data is there twice, or is older than it was.
    var isOfCopies: Bool {
        switch self {
        case .folderCloned, .oldFolderPutBack, .serverRestored, .serverFilePutBack: true
        default: false
        }
    }

    /// Where the probability applies.
    package var unit: String {
        switch self {
        case .requestLost, .responseLost, .requestDuplicated, .requestCut, .answerCut, .requestFlipped,
            .answerFlipped, .portalPage, .stall, .editDuringExchange, .syncDuringExchange, .serverKilled,
            .serverPowerCut, .serverDiskFull, .serverSyncFailed:
            "an exchange"
        case .stationKilled, .stationPowerCut, .stationDiskFull, .stationSyncFailed: "a sync or an act"
        case .clockYearsOff, .clockTies, .olderStations, .olderServer: "a machine"
        case .oldRequestDelivered, .serverClockJump, .nonceExpired, .revoked, .folderCloned, .oldFolderPutBack,
            .serverRestored, .serverFilePutBack:
            "a step"
        case .poisonSet: "an act"
        }
    }
}

/// Which faults a world has, with their probabilities: some worlds are quiet, some are bad in one way, some in all.
package struct FaultPlan: Sendable {
    package private(set) var probabilities: [Fault: Double] = [:]

    package init(using random: inout SeededRandom) {
        let strength = [0.3, 1, 1, 2.5][Int.random(in: 0..<4, using: &random)]
        let share = Int.random(in: 20...100, using: &random)
        for fault in Fault.allCases where !fault.isOfCopies {
            let isIn = random.chance(share)
            if isIn { probabilities[fault] = min(0.9, fault.probability * strength) }
        }
    }

    /// Copies of data, each kind in two worlds of five, drawn apart from all else: a seed that has none of them runs as it did
    /// before there were any.
    package mutating func addCopies(seed: UInt64) {
        var random = SeededRandom(seed &+ 0x636F_7079)
        for fault in Fault.allCases where fault.isOfCopies && random.chance(40) {
            probabilities[fault] = fault.probability * ([0.5, 1, 3].randomElement(using: &random) ?? 1)
        }
    }

    package mutating func set(_ fault: Fault, to probability: Double) { probabilities[fault] = probability }

    /// Nothing goes wrong.
    package init() {}

    package func probability(_ fault: Fault) -> Double { probabilities[fault] ?? 0 }

    package var description: String {
        Fault.allCases.map { fault in
            let shown = probabilities[fault].map { "\($0)" } ?? "-"
            return "  \(fault.rawValue): \(shown) of \(fault.unit)"
        }.joined(separator: "\n")
    }
}
