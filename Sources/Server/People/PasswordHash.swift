import Crypto
import CryptoExtras
import Foundation
import SyncEngine
import SyncWire

/// A password as it is kept: salted and hashed with scrypt (RFC 7914), which costs memory as well as time. The text
/// form carries its cost, so that a later, dearer one can stand beside it: `$scrypt$ln=15,r=8,p=3$SALT$HASH`.
struct PasswordHash {
    /// 32 MiB and three passes: one of the settings that OWASP's password storage page names.
    static let full = Cost(logRounds: 15, blockSize: 8, parallelism: 3)

    #if DEBUG
    /// A debug build runs the hash without optimisation, some twenty times as long: it takes less, and an account made
    /// by one is hashed anew at its next signing in to a release build.
    static let present = Cost(logRounds: 11, blockSize: 8, parallelism: 1)
    #else
    static let present = full
    #endif

    struct Cost: Hashable {
        let logRounds: Int
        let blockSize: Int
        let parallelism: Int

        /// What is read back from storage is computed only within these.
        var isSane: Bool {
            (10...20).contains(logRounds) && (1...16).contains(blockSize) && (1...8).contains(parallelism)
        }
    }

    private static let saltBytes = 16
    private static let hashBytes = 32

    let cost: Cost
    let salt: [UInt8]
    let hash: [UInt8]

    /// Hashes a new password.
    init(_ password: String, salt: [UInt8]? = nil, cost: Cost = present) throws {
        self.cost = cost
        self.salt = salt ?? SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
        hash = try Self.derive(password, salt: self.salt, cost: cost)
    }

    /// `nil` for what is no hash of ours.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        let numbers = parts[2].split(separator: ",").compactMap { pair in
            pair.split(separator: "=").last.flatMap { Int($0) }
        }
        guard numbers.count == 3, let salt = Base64.decode(parts[3], .url), let hash = Base64.decode(parts[4], .url)
        else { return nil }
        cost = Cost(logRounds: numbers[0], blockSize: numbers[1], parallelism: numbers[2])
        guard cost.isSane, salt.count == Self.saltBytes, hash.count == Self.hashBytes else { return nil }
        self.salt = salt
        self.hash = hash
    }

    /// Of another cost than passwords are hashed at now.
    var isOutdated: Bool { cost != Self.present }

    var text: String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(Base64.encode(salt, .url))$\(Base64.encode(hash, .url))"
    }

    /// Whether it is this password's; compared in constant time.
    func matches(_ password: String) -> Bool {
        guard let other = try? Self.derive(password, salt: salt, cost: cost) else { return false }
        return ConstantTime.equal(hash, other)
    }

    private static func derive(_ password: String, salt: [UInt8], cost: Cost) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.precomposedStringWithCompatibilityMapping.utf8), salt: Data(salt),
            outputByteCount: hashBytes, rounds: 1 << cost.logRounds, blockSize: cost.blockSize,
            parallelism: cost.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }
}

/// What a password must be at least. No rule of signs: length, and nothing that a colleague would guess first.
enum PasswordRule {
    static let leastCharacters = 10
    static let mostBytes = 256

    /// - Throws: ``Problem`` ``Problem/Code/weakPassword``.
    static func check(_ password: String, name: String, fullName: String, office: String) throws {
        let plain = password.lowercased()
        let guessed = [name, fullName, office, "password", "1234567890", "qwertyuiop"].map { $0.lowercased() }
        guard password.count >= leastCharacters, password.utf8.count <= mostBytes, Set(plain).count > 3,
            !guessed.contains(where: {
                !$0.isEmpty && (plain == $0 || plain.hasPrefix($0) && plain.count < $0.count + 4)
            })
        else { throw Problem(.weakPassword) }
    }

    /// A first password, to be read out and typed once: 4 groups of 4 without signs that look alike.
    static func random() -> String {
        let signs = Array("abcdefghjkmnpqrstuvwxyz23456789")
        var random = SystemRandomNumberGenerator()
        let groups = (0..<4).map { _ in
            String((0..<4).map { _ in signs[Int.random(in: 0..<signs.count, using: &random)] })
        }
        return groups.joined(separator: "-")
    }
}

/// Comparison whose time does not say where the difference is.
enum ConstantTime {
    static func equal(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
