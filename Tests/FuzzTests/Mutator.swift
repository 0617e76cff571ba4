import TestSupport

/// Changes bytes as a faulty or hostile sender would; the same changes for the same seed.
struct Mutator {
    private var random: SeededRandom

    init(_ seed: UInt64) { random = SeededRandom(seed) }

    /// No mutation makes an input longer than this.
    static let byteLimit = 16 * 1024

    private mutating func below(_ count: Int) -> Int { count > 0 ? Int.random(in: 0..<count, using: &random) : 0 }

    /// One to four changes of `bytes`, some with material of `other`.
    mutating func mutate(_ bytes: [UInt8], with other: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0...below(4) { change(&result, with: other) }
        return Array(result.prefix(Self.byteLimit))
    }

    private mutating func change(_ bytes: inout [UInt8], with other: [UInt8]) {
        let place = below(bytes.count)
        switch below(9) {
        case 0 where !bytes.isEmpty: bytes[place] ^= UInt8(1 << below(8))
        case 1 where !bytes.isEmpty: bytes[place] = [0, 0xFF, 0x7F, 0x80, 1][below(5)]
        case 2: bytes.removeSubrange(place...)
        case 3 where !bytes.isEmpty: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(8)))
        case 4: bytes.insert(contentsOf: other.dropFirst(below(other.count)).prefix(1 + below(64)), at: place)
        case 5: bytes = Array(bytes.prefix(place)) + other.dropFirst(below(other.count))
        case 6:
            let block = Array(bytes.dropFirst(place).prefix(1 + below(32)))
            for _ in 0..<1 + below(40) { bytes.insert(contentsOf: block, at: place) }
        case 7: bytes.insert(contentsOf: Self.numbers[below(Self.numbers.count)], at: place)
        // A length or a count somewhere, made a little or much larger.
        case 8 where !bytes.isEmpty: bytes[place] = bytes[place] &+ UInt8(truncatingIfNeeded: 1 + below(16))
        default: bytes.append(UInt8(truncatingIfNeeded: below(256)))
        }
    }

    /// Huge varints, and their fixed and written forms.
    private static let numbers: [[UInt8]] = [
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [0xC0, 0x84, 0x3D],
        [0x80, 0x80, 0x80, 0x80, 0x08],
        Array("9223372036854775807".utf8), Array("-1".utf8), Array("1e308".utf8), [0x7F, 0xFF, 0xFF, 0xFF],
    ]
}
