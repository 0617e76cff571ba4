import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// The township's desk in a browser: what its pages share.
struct Console: Sendable {
    let township: Township
    let people: People
    let pastLedgers = PastLedgers()
    /// What the pages about money add up.
    let figures: MoneyFigures

    init(township: Township) {
        self.township = township
        people = People(township: township)
        figures = MoneyFigures(township: township)
    }

    /// Every address. An area of the desk adds its own list here.
    static let routes: [ConsoleRoute] = [
        SignInPages.routes,
        TodayPage.routes,
        RecordPage.routes,
        TablePage.routes,
        ExportsPage.routes,
        LedgerPage.routes,
        ReportsPage.routes,
        ImportPage.routes,
        ConflictListPage.routes,
        ConflictActs.routes,
        QuarantinePage.routes,
        DuplicateListPage.routes,
        DuplicatePage.routes,
        StationsPage.routes,
        VillagesPage.routes,
        CasesPage.routes,
        NewCasePage.routes,
        CasePage.routes,
        CheckReportsPage.routes,
        CaseActs.routes,
        DocumentsPage.routes,
        DocumentSheets.routes,
        BatchPage.routes,
        NoticesPage.routes,
        BlobFiles.routes,
        CaseActs.duties,
        householdRoutes,
        MoneyPages.routes,
        RegistersPage.routes,
        RegisterPage.routes,
        SamplePage.routes,
    ].flatMap(\.self)

    func read<Result>(_ body: (Database, Seq) throws -> Result) throws -> Result {
        try township.database.read { database in
            try body(database, LogReader(database, tables: township.database.tables).head().seq)
        }
    }

    /// What the villages are called now.
    func villageNames() throws -> VillageNames {
        let (region, name) = (township.identity.region.code, township.identity.name)
        return try township.database.read {
            try VillageDesk.names(in: $0, township: name.isEmpty ? [:] : [region: name])
        }
    }

    /// A page made from one snapshot.
    func page(_ make: (Database, Seq) throws -> some ConsolePage) throws -> ConsoleAnswer { .page(try read(make)) }

    /// Keeps who looked at whose data, before it is shown.
    func keepView(of record: RecordID, page: String, by request: ConsoleRequest) throws {
        try township.database.write { transaction in
            try PageViews(transaction.database, attester: township.attester).keep(
                by: request.person.name, of: [record], page: page, at: request.now, seq: try transaction.head().seq)
        }
    }

    /// The same of many records, each under the household that it belongs to.
    func keepViews(of records: [RecordID], page: String, by request: ConsoleRequest) throws {
        guard !records.isEmpty else { return }
        try township.database.write { transaction in
            let tables = transaction.tables
            let disclosures = Disclosures(tables: tables, database: transaction.database)
            var roots: [RecordID] = []
            var kept: Set<RecordID> = []
            for id in records {
                guard let (record, kind) = try tables.record(id, in: transaction.database) else { continue }
                let root = try disclosures.root(of: record, kind: kind)
                if kept.insert(root).inserted { roots.append(root) }
            }
            try PageViews(transaction.database, attester: township.attester).keep(
                by: request.person.name, of: roots, page: page, at: request.now, seq: try transaction.head().seq)
        }
    }

    /// An act of a person on what a page showed. A form that was filled in on an older page than this does nothing:
    /// whoever sends it sees what has changed, and decides anew. It is asked in the transaction that writes, which throws
    /// ``ChangedMeanwhile``.
    /// - Parameter records: what the act rests on, or what of it is newer than what was seen; it may ask more, and throw.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    func act(
        _ request: ConsoleRequest, reason: String,
        on records: @escaping @Sendable (_ database: Database, _ seen: Seq) throws -> [RecordID]
    ) throws -> Desk.Act {
        var act = try request.act(reason: reason)
        let seen = try request.seen()
        act.condition = { transaction in
            try checkFresh(try records(transaction.database, seen), seen: seen, in: transaction)
        }
        return act
    }

    private func checkFresh(_ records: [RecordID], seen: Seq, in transaction: AuthorityTransaction) throws {
        let reader = HistoryReader(transaction.database, tables: transaction.tables)
        let changes = try records.compactMap { id -> ChangedMeanwhile.Change? in
            guard let (record, kind) = try transaction.tables.record(id, in: transaction.database), record.seq > seen
            else { return nil }
            return .init(record: id, kind: kind, items: try reader.entries(of: id).filter { $0.seq > seen })
        }
        if !changes.isEmpty { throw ChangedMeanwhile(changes: changes, head: try transaction.head().seq) }
    }
}
