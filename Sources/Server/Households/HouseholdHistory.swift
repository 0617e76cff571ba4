import Assistance
import GRDB
import RecordStore
import SyncEngine

/// The whole history of some records as one story, the newest first, a page at a time: each change set once, with who,
/// when, from where, why, and what it did to each of them. Sets that lost or were set aside are told too.
struct HouseholdHistory: Sendable {
    struct Part: Sendable {
        let record: RecordID
        let kind: KindSchema?
        let item: HistoryItem
    }

    struct Entry: Sendable {
        let seq: Seq
        let isDesk: Bool
        let station: String?
        let staff: String?
        let parts: [Part]

        var item: HistoryItem? { parts.first?.item }
    }

    static let pageEntries = 20

    let entries: [Entry]
    /// Sets in all.
    let count: Int
    /// Ask for what is before this seq; `nil` at the beginning of the story.
    let next: Seq?

    init(
        of records: [RecordID: KindSchema], before: Seq? = nil, limit: Int = pageEntries, tables: RecordTables,
        in database: Database
    ) throws {
        let proofs = ProofReader(database)
        var records = records
        // Changes of a kind that this program does not know are shown by their record alone.
        for kind in Array(records) where kind.value.isSystem && kind.value.name != ConflictRecord.kindName {
            records[kind.key] = nil
        }
        var seqs: [Seq: [RecordID]] = [:]
        for id in records.keys {
            for seq in try proofs.seqs(of: id) { seqs[seq, default: []].append(id) }
        }
        let order = seqs.keys.filter { seq in before.map { seq < $0 } ?? true }.sorted(by: >)
        let shown = order.prefix(limit)
        let reader = LogReader(database, tables: tables)
        let register = DeviceRegister(database)
        let history = HistoryReader(database, tables: tables)
        entries = try shown.compactMap { seq in
            guard let origin = try reader.origin(of: seq) else { return nil }
            let device = origin.isDesk ? nil : try register.device(origin.device)
            let wanted = Set(seqs[seq] ?? [])
            var parts = try Self.parts(of: seq, wanted, records, reader)
            if parts.isEmpty {
                parts = try wanted.sorted().flatMap { id in
                    try history.entries(of: id).filter { $0.seq == seq }
                        .map { Part(record: id, kind: records[id], item: $0) }
                }
            }
            return Entry(
                seq: seq, isDesk: origin.isDesk, station: device?.station, staff: device?.staff, parts: parts)
        }
        count = seqs.count
        next = order.count > shown.count ? shown.last : nil
    }

    private static func parts(
        of seq: Seq, _ wanted: Set<RecordID>, _ kinds: [RecordID: KindSchema], _ reader: LogReader
    ) throws -> [Part] {
        try reader.changes(of: wanted, at: seq).map { header, change in
            var item = HistoryItem(
                seq: seq, device: change.device, author: change.author, at: change.time.instant,
                reason: change.reason, effects: change.effects, outcome: HistoryItem.Outcome(header.result))
            item.isFlagged = change.isFlagged
            return Part(record: header.record, kind: kinds[header.record], item: item)
        }
    }
}
