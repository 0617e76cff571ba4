import Assistance
import GRDB
import RecordStore
import SyncEngine

/// The tables of the ledger. They are derived: another version of them, or of the rules they are worked out by, drops
/// them and builds them anew.
enum LedgerSchema {
    /// Grows with every change of the tables, and of what an entry is worked out by.
    static let version = "3.\(AssistanceSchema.current.version)"

    /// Drops what is there, of whatever version, and makes empty tables.
    static func renew(_ database: Database) throws {
        let tables = try Query(
            database, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).all { $0.text(0) }
        for table in tables { try database.execute(sql: "DROP TABLE \"\(table)\"") }
        try database.execute(sql: Self.tables)
    }

    static func exists(in database: Database) throws -> Bool {
        try Query(database, "SELECT 1 FROM sqlite_master WHERE name = 'meta'").first { _ in true } ?? false
    }

    private static let tables = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

        -- One row a case. root: the household that stands for its household; the case itself while that has not arrived.
        CREATE TABLE entry (
            row INTEGER PRIMARY KEY, application BLOB NOT NULL UNIQUE, root BLOB NOT NULL, household BLOB, number TEXT,
            head BLOB, head_name TEXT, head_id_number TEXT, applicant BLOB, applicant_name TEXT,
            applicant_id_number TEXT, village TEXT NOT NULL, programme TEXT, status TEXT, is_in_force INTEGER NOT NULL,
            is_open INTEGER NOT NULL, clerk TEXT, applied_on TEXT, members INTEGER NOT NULL, income_fen INTEGER,
            amount_fen INTEGER, from_month TEXT, last_move TEXT, changed_on TEXT, pack TEXT, changes_on TEXT,
            seq INTEGER NOT NULL, place TEXT NOT NULL, search TEXT NOT NULL, awaits TEXT) STRICT;
        CREATE INDEX entry_by_root ON entry (root);
        CREATE INDEX entry_by_place ON entry (place);
        CREATE INDEX entry_by_day ON entry (changes_on) WHERE changes_on IS NOT NULL;
        CREATE INDEX entry_awaiting ON entry (place) WHERE awaits IS NOT NULL;
        CREATE INDEX entry_by_status ON entry (programme, status, is_in_force);

        CREATE TABLE clock (
            application BLOB NOT NULL, position INTEGER NOT NULL, clock TEXT NOT NULL, programme TEXT,
            village TEXT NOT NULL, start TEXT NOT NULL, due TEXT NOT NULL, due_ms INTEGER NOT NULL, warns_ms INTEGER,
            stopped_ms INTEGER, stopped_on TEXT, withdrawn INTEGER NOT NULL, working_days INTEGER) STRICT;
        CREATE INDEX clock_by_application ON clock (application);
        CREATE INDEX clock_running ON clock (due_ms) WHERE stopped_ms IS NULL;

        -- What has to be done. place: the order of what is due at once.
        CREATE TABLE task (
            application BLOB NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, is_village INTEGER NOT NULL,
            due TEXT NOT NULL, due_ms INTEGER NOT NULL, village TEXT NOT NULL, household BLOB, number TEXT,
            programme TEXT, subject TEXT, clerk TEXT, place TEXT NOT NULL) STRICT;
        CREATE INDEX task_by_application ON task (application);
        CREATE INDEX task_by_due ON task (due_ms, place);

        CREATE TABLE turn (
            application BLOB NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, on_day TEXT NOT NULL,
            village TEXT NOT NULL, programme TEXT) STRICT;
        CREATE INDEX turn_by_application ON turn (application);

        -- The entries of which roots a record's change may change.
        CREATE TABLE dependency (record BLOB NOT NULL, root BLOB NOT NULL, PRIMARY KEY (record, root)) STRICT, WITHOUT ROWID;
        """
}
