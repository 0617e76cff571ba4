package import GRDB

/// Dated, append-only. Kinds' tables are not here: they follow the schema (``RecordTables/prepare(_:)``).
package enum AuthorityMigrations {
    package static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("2026-11-24 log, devices, quarantine") { database in
            try database.execute(sql: initial)
        }
        migrator.registerMigration("2026-11-25 epochs, lineage, escrow") { database in
            try database.execute(sql: epochs)
        }
        migrator.registerMigration("2026-11-25 tree over the log") { database in
            try database.execute(sql: tree)
            try LogTree(database).fill()
        }
        migrator.registerMigration("2026-11-25 adopted sets") { database in
            try database.execute(sql: adopted)
        }
        migrator.registerMigration("2026-11-25 accounts") { database in
            try database.execute(sql: accounts)
        }
        migrator.registerMigration("2026-11-25 kept tables") { database in
            try database.execute(sql: kept)
        }
        migrator.registerMigration("2026-11-25 flagged sets") { database in
            try database.execute(sql: "CREATE INDEX log_flagged ON log (device) WHERE is_flagged = 1")
        }
        migrator.registerMigration("2026-11-26 log by time") { database in
            try database.execute(sql: "CREATE INDEX log_by_time ON log (decided_at)")
        }
        migrator.registerMigration("2026-11-26 wrong passwords are counted in memory") { database in
            try database.execute(
                sql: "ALTER TABLE account DROP COLUMN failures; ALTER TABLE account DROP COLUMN locked_until")
        }
        migrator.registerMigration("2026-11-26 kept tables by village") { database in
            try database.execute(
                sql: "CREATE INDEX kept_row_by_village ON kept_row (name, generation, village, number)")
        }
        migrator.registerMigration("2026-11-27 rows that the township signs") { try $0.execute(sql: attested) }
        return migrator
    }

    private static let attested = """
        -- Of rows that do not follow from the log. A session of before is not signed: its person signs in once more.
        ALTER TABLE account ADD COLUMN signature BLOB;
        ALTER TABLE invitation ADD COLUMN signature BLOB;
        DELETE FROM sign_in_session;
        ALTER TABLE sign_in_session ADD COLUMN signature BLOB;
        -- SHA-256 over the row before and this one; the last is signed.
        ALTER TABLE page_view ADD COLUMN chain BLOB;
        """

    private static let accounts = """
        CREATE TABLE account (
            name TEXT PRIMARY KEY, full_name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL,
            must_change INTEGER NOT NULL, created_at INTEGER NOT NULL, disabled_at INTEGER, failures INTEGER NOT NULL,
            locked_until INTEGER, last_sign_in INTEGER) STRICT;
        CREATE TABLE sign_in_session (
            token_hash BLOB PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name), started_at INTEGER NOT NULL,
            last_used_at INTEGER NOT NULL) STRICT;
        -- Who looked at a page with personal data, and which state of the log it showed.
        CREATE TABLE page_view (
            account TEXT NOT NULL, record BLOB NOT NULL, page TEXT NOT NULL, at INTEGER NOT NULL,
            seq INTEGER NOT NULL) STRICT;
        CREATE INDEX page_view_by_record ON page_view (record);
        """

    private static let kept = """
        -- What the night computes for pages; derived. The rows of the table's generation are those that are read.
        CREATE TABLE kept_table (
            name TEXT PRIMARY KEY, generation INTEGER NOT NULL, as_of INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;
        CREATE TABLE kept_run (generation INTEGER NOT NULL) STRICT;
        CREATE TABLE kept_row (
            name TEXT NOT NULL, generation INTEGER NOT NULL, number INTEGER NOT NULL, village TEXT NOT NULL,
            cells TEXT NOT NULL, PRIMARY KEY (name, generation, number)) STRICT, WITHOUT ROWID;
        """

    private static let adopted = """
        DROP TABLE escrow_offer;
        -- What a desk of a history that is over had done, done once more: by the hash that it had; device and number say
        -- as which set, for whoever follows it from one history into the other.
        CREATE TABLE adopted_set (hash BLOB PRIMARY KEY, device BLOB NOT NULL, number INTEGER NOT NULL) STRICT;
        """

    private static let epochs = """
        -- Every history of this township. fork_seq: the last seq of the parent that this one holds.
        CREATE TABLE epoch (
            id BLOB PRIMARY KEY, parent BLOB, fork_seq INTEGER NOT NULL, started_at INTEGER NOT NULL,
            reason TEXT NOT NULL) STRICT;
        INSERT INTO epoch (id, parent, fork_seq, started_at, reason)
            SELECT value, NULL, 0, 0, 'init' FROM meta WHERE key = 'epoch';

        -- A device that was forked off goes on with its parent's chain after parent_number.
        ALTER TABLE device ADD COLUMN parent BLOB;
        ALTER TABLE device ADD COLUMN parent_number INTEGER;

        -- The desk's sets that no backup holds, sealed; stations carry them.
        CREATE TABLE escrow (seq INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
        -- What stations brought back after a restore, until the sets before it are there too.
        CREATE TABLE escrow_offer (
            device BLOB NOT NULL, number INTEGER NOT NULL, previous_hash BLOB NOT NULL, bytes BLOB NOT NULL,
            signature BLOB NOT NULL, PRIMARY KEY (device, number)) STRICT;
        -- What had become of a set in a history that is over.
        CREATE TABLE earlier_outcome (
            device BLOB NOT NULL, number INTEGER NOT NULL, epoch BLOB NOT NULL, seq INTEGER NOT NULL,
            result INTEGER NOT NULL, PRIMARY KEY (device, number, epoch)) STRICT;
        """

    private static let initial = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

        CREATE TABLE device (
            id BLOB PRIMARY KEY, is_desk INTEGER NOT NULL, station TEXT NOT NULL, staff TEXT NOT NULL,
            signing_key BLOB NOT NULL, sealing_key BLOB NOT NULL, invitation BLOB, certificate BLOB,
            enrolled_at INTEGER NOT NULL, revoked_at INTEGER, revoke_reason TEXT,
            acknowledged INTEGER NOT NULL DEFAULT 0, last_hash BLOB NOT NULL,
            cursor INTEGER NOT NULL DEFAULT 0, last_seen INTEGER) STRICT;
        CREATE TABLE device_scope (
            device BLOB NOT NULL REFERENCES device (id), scope TEXT NOT NULL, PRIMARY KEY (device, scope)) STRICT;

        CREATE TABLE invitation (
            secret_hash BLOB PRIMARY KEY, scope TEXT NOT NULL, staff TEXT NOT NULL, created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL, device BLOB, signing_key BLOB) STRICT;

        -- One row a decided set, quarantined ones too. A set released from quarantine has a second row without bytes.
        CREATE TABLE log (
            seq INTEGER PRIMARY KEY, device BLOB NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, bytes BLOB,
            result INTEGER NOT NULL, problem INTEGER, problem_subject TEXT, problem_zh TEXT, problem_en TEXT,
            is_desk INTEGER NOT NULL, is_flagged INTEGER NOT NULL, is_release INTEGER NOT NULL,
            decided_at INTEGER NOT NULL) STRICT;
        CREATE INDEX log_by_device ON log (device, number);

        -- Which record a set changed; id is seq * 2^20 + position. Without effects the change of the set says it all.
        CREATE TABLE log_change (
            id INTEGER PRIMARY KEY, record BLOB NOT NULL, kind TEXT NOT NULL, operation INTEGER NOT NULL,
            scope TEXT NOT NULL, deleted INTEGER NOT NULL, set_change INTEGER, effects BLOB) STRICT;
        CREATE INDEX log_change_by_record ON log_change (record, id);

        CREATE TABLE frame_signature (
            device BLOB NOT NULL, number INTEGER NOT NULL, signature BLOB NOT NULL, PRIMARY KEY (device, number)) STRICT;

        CREATE TABLE moved (record BLOB NOT NULL, seq INTEGER NOT NULL, scope_before TEXT NOT NULL,
            PRIMARY KEY (record, seq)) STRICT;
        CREATE TABLE orphan (parent BLOB NOT NULL, record BLOB NOT NULL, kind TEXT NOT NULL,
            PRIMARY KEY (parent, record)) STRICT;
        CREATE TABLE addressee (record BLOB NOT NULL, device BLOB NOT NULL, PRIMARY KEY (record, device)) STRICT;

        CREATE TABLE quarantine (
            device BLOB NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL,
            closed_by INTEGER, PRIMARY KEY (device, number)) STRICT;
        CREATE TABLE quarantined_change (
            record BLOB NOT NULL, device BLOB NOT NULL, number INTEGER NOT NULL, operation INTEGER NOT NULL,
            PRIMARY KEY (record, device, number)) STRICT;

        CREATE TABLE scope_digest (scope TEXT PRIMARY KEY, records INTEGER NOT NULL, digest BLOB NOT NULL) STRICT;
        """

    private static let tree = """
        -- The set's leaf of the tree over the log, hashed.
        ALTER TABLE log ADD COLUMN leaf BLOB;

        -- Whole subtrees at levels 8, 16, 24 …; id is level * 2^48 + index.
        CREATE TABLE log_node (id INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
        """
}
