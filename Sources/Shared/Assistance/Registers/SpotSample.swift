package import SyncEngine

/// A seeded random sample of households (R57). Every household's place in the draw is
/// `SHA-256("ruhu spot check 1" ‖ LF ‖ seed ‖ LF ‖ id)`, and the smallest are drawn: nothing but the seed and the set of
/// households decides, so that anybody who has both can draw again, with this program or with `sha256sum`.
package struct SpotSample: Hashable, Sendable {
    /// Households in one draw, at most: a draw is one change set, which has to leave room for others in what stations hold
    /// in escrow (``Limits/escrowBytes``).
    package static let limit = 500

    /// How many are drawn.
    package enum Size: Hashable, Sendable {
        case count(Int)
        /// Of a hundred households, rounded up.
        case share(percent: Int)
    }

    package let seed: Int64
    package let size: Size
    package let population: Int
    /// SHA-256 of the ids of all households, in order, each followed by a line feed.
    package let populationHash: Hash256
    /// In the order of the draw.
    package let drawn: [RecordID]

    /// - Parameter households: in any order; one that is named twice counts once.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for a size that is none, or that these households do not give.
    package init(of households: [RecordID], size: Size, seed: Int64) throws {
        let all = Set(households).sorted()
        let wanted: Int
        switch size {
        case .count(let count): wanted = count
        case .share(let percent):
            guard (1...100).contains(percent) else {
                throw Problem(
                    .badValue, "\(percent)", explanation: Label(zh: "比例为 1 至 100", en: "A share is 1 to 100 per cent"))
            }
            wanted = (all.count * percent + 99) / 100
        }
        guard (1...Self.limit).contains(wanted), wanted <= all.count else {
            throw Problem(
                .badValue, "\(wanted)",
                explanation: Label(
                    zh: "共 \(all.count) 户，一次抽取 1 至 \(min(Self.limit, all.count)) 户",
                    en: "There are \(all.count) households; a draw takes 1 to \(min(Self.limit, all.count))"))
        }
        self.seed = seed
        self.size = size
        population = all.count
        populationHash = Hash256(of: all.flatMap { Array("\($0)\n".utf8) })
        drawn = Array(
            all.map { (Self.place(of: $0, seed: seed), $0) }
                .sorted { $0.0.lexicographicallyPrecedes($1.0) }.prefix(wanted).map(\.1))
    }

    private static func place(of household: RecordID, seed: Int64) -> [UInt8] {
        Hash256(of: Array("ruhu spot check 1\n\(seed)\n\(household)".utf8)).bytes
    }
}
