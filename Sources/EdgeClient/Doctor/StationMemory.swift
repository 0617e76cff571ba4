import CommandSupport
import RecordStore
import SyncEngine

/// What a station knows of itself, in a small file beside the replica: who it is, whose it is, whom it trusts. A damaged
/// replica that cannot tell any more is rebuilt with it. Its first line is the SHA-256 of the rest.
struct StationMemory {
    let path: String

    /// - Returns: empty when there is none, or it is damaged itself.
    func read() -> [String: [UInt8]] {
        guard let bytes = try? SecretFile.read(path) else { return [:] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1)
        guard lines.count == 2, String(lines[0]) == Hash256(of: Array(lines[1].utf8)).description else { return [:] }
        var memory: [String: [UInt8]] = [:]
        for line in lines[1].split(separator: "\n") {
            let pair = line.split(separator: " ", omittingEmptySubsequences: false)
            if pair.count == 2, let value = Hex.decode(String(pair[1])) { memory[String(pair[0])] = value }
        }
        return memory
    }

    /// Writes what the replica says of the station, when it is not what is there.
    /// - Throws: the store's and the file system's errors.
    func keep(_ replica: ReplicaDatabase) throws {
        let present = try replica.read { transaction in
            var values: [String: [UInt8]] = [:]
            for key in ReplicaSalvage.ownKeys { values[key] = try Meta.bytes(key, in: transaction.database) }
            return values
        }
        guard present["device"] != nil, read() != present else { return }
        let text = present.sorted { $0.key < $1.key }.map { "\($0.key) \(Hex.encode($0.value))\n" }.joined()
        try SecretFile.write(Array("\(Hash256(of: Array(text.utf8)))\n\(text)".utf8), to: path)
    }
}
