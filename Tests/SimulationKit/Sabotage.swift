import EdgeClient
import Foundation
import RecordStore
import Server
import SyncEngine
import SyncWire
import TestSupport

import protocol GRDB.DatabaseValueConvertible
import protocol GRDB.DatabaseWriter
import struct GRDB.StatementArguments

/// Deliberate bugs, one for each invariant at least, put into the simulation's glue: a checker that does not find its
/// bug is no checker.
package enum Sabotage: String, CaseIterable, Sendable {
    case dropsAnOutboxRow
    case changesAShadow
    case appendsTwice
    case leavesAGapInSeq
    case cursorWithoutItsPage
    case revertsWhatWasTyped
    case changesARecordBehindTheLog
    case swallowsAConflict
    case deletesAboveTheLiving
    case bootstrapLeavesARecordOut
    case refusesOneStationForEver
    case forgetsRevokedWork
    case forgetsWhatVanished
    /// Breaks nothing: the station offers the set again.
    case acknowledgesUndelivered

    /// The invariant that it breaks (DESIGN section 6); `nil` for one that the product mends.
    package var invariant: Int? {
        switch self {
        case .dropsAnOutboxRow, .forgetsRevokedWork, .forgetsWhatVanished: 1
        case .changesAShadow: 2
        case .appendsTwice: 3
        case .leavesAGapInSeq: 4
        case .cursorWithoutItsPage: 5
        case .revertsWhatWasTyped: 6
        case .changesARecordBehindTheLog: 7
        case .swallowsAConflict, .deletesAboveTheLiving: 8
        case .bootstrapLeavesARecordOut: 9
        case .refusesOneStationForEver: 10
        case .acknowledgesUndelivered: nil
        }
    }
}

extension Simulation {
    /// A bug that waits for its chance takes it once.
    private func once(_ sabotage: Sabotage, _ body: () throws -> Bool) {
        guard options.sabotage == sabotage, !sabotageApplied else { return }
        do { sabotageApplied = try body() } catch { trace("sabotage: \(error)") }
        if sabotageApplied { trace("SABOTAGE \(sabotage)") }
    }

    private func execute(
        _ writer: any DatabaseWriter, _ sql: String, _ arguments: [(any DatabaseValueConvertible)?]
    ) throws -> Bool {
        try writer.write { database in
            try database.execute(sql: sql, arguments: StatementArguments(arguments))
            return database.changesCount > 0
        }
    }

    // MARK: - At the station

    func sabotageReplica(_ station: SimulatedStation, _ sealed: SealedSet) {
        guard options.sabotage != nil, step > 10 else { return }
        once(.dropsAnOutboxRow) {
            try execute(
                station.replica.queue, "DELETE FROM outbox WHERE number = ? AND state = 0",
                [Int64(sealed.set.number)])
        }
        once(.revertsWhatWasTyped) {
            guard let change = sealed.set.changes.first, change.operation == .edit,
                let edit = change.edits.first(where: { $0.field == "review" })
            else { return false }
            return try execute(
                station.replica.queue, "UPDATE root SET review = ? WHERE id = ?",
                [edit.old.text, Data(change.record.bytes)])
        }
        once(.cursorWithoutItsPage) {
            let head = try township.head()
            var position = try station.position()
            guard position.isBootstrapped, position.cursor + 3 < head else { return false }
            position.cursor = head
            try station.replica.write { try $0.setPosition(position) }
            station.disk.kill()
            return true
        }
    }

    func sabotageShadow() {
        once(.changesAShadow) {
            for station in stations where !station.isRevoked {
                let changed = try execute(
                    station.replica.queue,
                    "UPDATE root SET review = 'nobody' WHERE deleted = 0 AND rowid = (SELECT min(rowid) FROM root WHERE deleted = 0)",
                    [])
                if changed { return true }
            }
            return false
        }
    }

    // MARK: - At the server

    func sabotageAuthority() {
        guard options.sabotage != nil, step > 10 else { return }
        let pool = township.database.pool
        once(.appendsTwice) {
            try execute(
                pool,
                """
                INSERT INTO log (seq, device, number, hash, bytes, result, is_desk, is_flagged, is_release, decided_at,
                leaf) SELECT seq + 1, device, number, hash, bytes, result, is_desk, is_flagged, is_release, decided_at,
                leaf FROM log
                WHERE seq = (SELECT max(seq) FROM log) AND result = 1 AND is_release = 0
                """, [])
        }
        once(.leavesAGapInSeq) {
            try execute(
                pool,
                "UPDATE log SET seq = seq + 1 WHERE seq = (SELECT max(seq) FROM log) AND seq > 5", [])
        }
        once(.changesARecordBehindTheLog) {
            let kind = township.version.root
            guard let before = try township.records(of: kind).first else { return false }
            try township.database.write { transaction in
                var after = before
                after.assign(.text("nobody"), to: FieldKey(field: "review"), in: kind)
                try transaction.database.execute(
                    sql: "UPDATE root SET review = 'nobody' WHERE id = ?", arguments: [Data(before.id.bytes)])
                var digests = ScopeDigests()
                digests.subtract(before, kind: kind)
                digests.add(after, kind: kind)
                try digests.flush(to: transaction.database)
            }
            return true
        }
        once(.deletesAboveTheLiving) {
            try execute(
                pool, "UPDATE root SET deleted = 1 WHERE id IN (SELECT root FROM item WHERE deleted = 0 LIMIT 1)", [])
        }
        once(.swallowsAConflict) {
            let kind = ConflictRecord.kind
            guard let conflict = try township.records(of: kind).first else { return false }
            try township.database.write { transaction in
                for sql in ["DELETE FROM conflict WHERE id = ?", "DELETE FROM log_change WHERE record = ?"] {
                    try transaction.database.execute(sql: sql, arguments: [Data(conflict.id.bytes)])
                }
                var digests = ScopeDigests()
                digests.subtract(conflict, kind: kind)
                try digests.flush(to: transaction.database)
            }
            return true
        }
    }

    func forgetVanished() {
        once(.forgetsWhatVanished) {
            for station in stations where !station.isRevoked {
                let told = try station.replica.read { try !$0.vanished().isEmpty }
                if told { return try execute(station.replica.queue, "DELETE FROM vanished", []) }
            }
            return false
        }
    }

    /// Stations hold the revocations without the work.
    /// - Parameter acts: what the older township has.
    func forgetRevokedWork(lackedBy acts: Set<Hash256>) {
        once(.forgetsRevokedWork) {
            guard escrowed.contains(where: { !acts.isSuperset(of: $0.work) }) else { return false }
            for station in stations {
                try station.replica.write { transaction in
                    let rows = try Query(transaction.database, "SELECT rowid, sealed FROM escrow").all {
                        ($0.int64(0), $0.bytes(1))
                    }
                    for (row, sealed) in rows {
                        var item = try EscrowedSet(decoding: StandInEscrow.open.open(sealed))
                        item.work = nil
                        try transaction.database.execute(
                            sql: "UPDATE escrow SET sealed = ? WHERE rowid = ?",
                            arguments: [Data(try StandInEscrow.open.seal(item.encoded())), row])
                    }
                }
            }
            return true
        }
    }

    func tamperWithBootstrap(_ page: inout PullPage) {
        guard options.sabotage == .bootstrapLeavesARecordOut, page.isBootstrap, !page.records.isEmpty else { return }
        let index = page.records.firstIndex { $0.kind == Sample.root.name }
        guard let index else { return }
        page.records.remove(at: index)
        sabotageApplied = true
    }

    // MARK: - On the way

    /// An answer that did not come from the server.
    func forgedAnswer(to request: HTTPRequest, from station: SimulatedStation?) -> HTTPResponse? {
        guard let station, let sabotage = options.sabotage else { return nil }
        switch sabotage {
        case .refusesOneStationForEver where station.index == 0 && request.method == .post:
            sabotageApplied = true
            return answer(request, .problem(Problem(.busy)), status: 503)
        case .acknowledgesUndelivered where request.method == .post && !sabotageApplied && step > 10:
            guard let reply = try? undelivered(request) else { return nil }
            sabotageApplied = true
            return answer(request, .push(reply), status: 200)
        default: return nil
        }
    }

    private func undelivered(_ request: HTTPRequest) throws -> PushReply {
        let coding = ContentCoding(rawValue: request.headers["content-encoding"] ?? "identity") ?? .identity
        let body = try coding.decompress(request.body, limit: Limits.decompressedBytes)
        let codec = township.database.tables.codec
        let sets = try PushDecision<AuthorityTransaction>.open(PushFrame(decoding: body, as: .protobuf), codec: codec)
        let head = try township.head()
        let outcomes = sets.enumerated().map { index, sealed in
            SetOutcome(number: sealed.set.number, seq: head + Seq(index) + 1, result: .verbatim)
        }
        return PushReply(outcomes: outcomes, acknowledged: Acknowledgement())
    }

    private func answer(_ request: HTTPRequest, _ body: Answer.Body, status: Int) -> HTTPResponse? {
        guard let input = request.headers["signature-input"], let signature = request.headers["signature"],
            let parsed = try? MessageSignature.parse(signatureInput: input, signature: signature)
        else { return nil }
        let answer = Answer(status: status, requestNonce: parsed.nonce, hello: nil, body: body)
        return HTTPResponse(status: status, headers: [:], body: answer.body(as: .protobuf), traffic: .none)
    }
}
