import Foundation

extension TownshipServer {
    /// What is not as it must be at rest, when every station has synced: log and digests sound, every set decided once,
    /// nothing pending, and each replica equal to the server by digest and by listing. Empty when all is well.
    /// - Parameter deskActs: whether the desk wrote sets too, which no device acknowledges.
    package func faults(atRest stations: [VillageStation], deskActs: Bool = false) throws -> [String] {
        var faults: [String] = []
        let night = try command("nightly").json
        if night["sound"].bool != true || night["gaps"].int != 0 {
            faults.append("nightly: \(night.value ?? "nothing")")
        }
        let status = try command("status").json
        let decided = status["devices"].array.compactMap { $0["acknowledged"].int }.reduce(0, +)
        // Without desk acts and releases each acknowledged number has exactly one seq.
        if !deskActs, status["seq"].int != decided {
            faults.append("seq \(status["seq"].int ?? -1), acknowledged \(decided)")
        }
        let scopes = Dictionary(
            status["scopes"].array.map { ($0["scope"].string ?? "", $0["digest"].string ?? "") },
            uniquingKeysWith: { first, _ in first })
        let kinds = ["household", "member", "visit"]
        let records = try kinds.map { try Self.listing(of: try command("list", $0, "--all", "--limit", "100000").json) }
        for station in stations {
            faults += try station.faults(digests: scopes, kinds: Array(zip(kinds, records)))
        }
        return faults
    }

    /// Records by id, each in one canonical text.
    fileprivate static func listing(of document: JSON) throws -> [String: String] {
        var result: [String: String] = [:]
        for record in document["records"].array {
            guard let id = record["id"].string else { throw ProgramFailure("a record without an id") }
            guard result[id] == nil else { throw ProgramFailure("\(id) is there twice") }
            let fields = try JSONSerialization.data(
                withJSONObject: record["fields"].value ?? [:], options: [.sortedKeys])
            let deleted = record["deleted"].bool == true ? " deleted" : ""
            result[id] = "\(record["scope"].string ?? "") \(String(decoding: fields, as: UTF8.self))\(deleted)"
        }
        return result
    }
}

extension VillageStation {
    fileprivate func faults(
        digests: [String: String], kinds: [(String, [String: String])]
    ) throws -> [String] {
        var faults: [String] = []
        let pending = try run("outbox").json["sets"].array.count
        if pending > 0 { faults.append("\(name): \(pending) sets are not settled") }
        let doctor = try run("doctor", "--check-only")
        if doctor.code != 0 { faults.append("\(name): doctor \(doctor.code) \(doctor.text)") }
        let scopes = try run("status").json["scopes"].array
        for scope in scopes {
            let theirs = digests[scope["scope"].string ?? ""] ?? String(repeating: "0", count: 64)
            if scope["digest"].string != theirs { faults.append("\(name): another digest than the server") }
        }
        let codes = scopes.compactMap { $0["scope"].string }
        for (kind, records) in kinds {
            let own = try TownshipServer.listing(of: try run("list", kind, "--all", "--limit", "100000").json)
            let theirs = records.filter { record in codes.contains { record.value.hasPrefix($0 + " ") } }
            if own != theirs {
                let wrong = Set(own.keys).union(theirs.keys).filter { own[$0] != theirs[$0] }
                faults.append("\(name): \(kind) differs in \(wrong.count): \(wrong.sorted().prefix(3))")
            }
        }
        return faults
    }

    /// Joins, as often as it takes.
    /// - Returns: the exit codes of the tries, the last one 0.
    package func joinPatiently(_ url: String, code: String, tries: Int = 40) throws -> [Int32] {
        var codes: [Int32] = []
        for _ in 0..<tries {
            codes.append(try run("join", url, code).code)
            if codes.last == 0 { return codes }
        }
        throw ProgramFailure("\(name) could not join: \(codes)")
    }

    /// Syncs, as often as it takes.
    /// - Returns: the exit codes of the tries, the last one 0.
    @discardableResult package func syncPatiently(tries: Int = 40) throws -> [Int32] {
        var codes: [Int32] = []
        var last = ""
        for _ in 0..<tries {
            let outcome = try run("sync")
            codes.append(outcome.code)
            if outcome.code == 0 { return codes }
            last = outcome.text
        }
        throw ProgramFailure("\(name) could not sync: \(codes) \(last)")
    }
}
