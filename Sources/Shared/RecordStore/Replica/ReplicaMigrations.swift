package import GRDB

/// Dated, append-only. Kinds' tables are not here: they follow the schema (``RecordTables/prepare(_:)``).
package enum ReplicaMigrations {
    package static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("2026-11-24 outbox, overlay, shadow") { database in
            try database.execute(sql: initial)
        }
        migrator.registerMigration("2026-11-25 recovery, escrow") { database in
            try database.execute(sql: recovery)
        }
        migrator.registerMigration("2026-11-25 tree heads") { database in
            try database.execute(sql: treeHeads)
        }
        migrator.registerMigration("2026-11-25 records of newer kinds") { database in
            try database.execute(sql: held)
        }
        migrator.registerMigration("2026-11-25 visits under way") { database in
            try database.execute(sql: visitDrafts)
        }
        migrator.registerMigration("2026-11-26 the overlay is what is not settled") { database in
            try database.execute(sql: overlayByState)
        }
        migrator.registerMigration("2026-11-27 records that a restored township lacks") { database in
            try database.execute(sql: vanished)
        }
        migrator.registerMigration("2026-11-27 blobs owed to the township") { database in
            try database.execute(sql: owedBlobs)
        }
        migrator.registerMigration("2026-11-27 new histories that leave something behind") { database in
            try database.execute(sql: partings)
        }
        return migrator
    }

    private static let partings = """
        -- Also a new history that is not proved to hold all that was shown before (refusal 'parted'): what both hold by the
        -- township's word, and by proof. Closed by a person alone.
        ALTER TABLE tree_evidence ADD COLUMN fork INTEGER;
        ALTER TABLE tree_evidence ADD COLUMN common INTEGER;
        ALTER TABLE tree_evidence ADD COLUMN dismissed_at INTEGER;
        ALTER TABLE tree_evidence ADD COLUMN dismissed_by TEXT;
        """

    private static let owedBlobs = """
        -- Files that were attached here, and whether the township of the present history has said that it has them: also where
        -- their record has left this station's villages.
        CREATE TABLE owed_blob (
            sha256 BLOB PRIMARY KEY, size INTEGER NOT NULL, settled INTEGER NOT NULL DEFAULT 0) STRICT;
        """

    private static let vanished = """
        -- Records as the township had stated them, and as they were here when its history was another one: what it does not
        -- hold any more and nobody has handed in again.
        CREATE TABLE vanished (
            record BLOB PRIMARY KEY, kind TEXT NOT NULL, epoch BLOB NOT NULL, scope TEXT NOT NULL, seq INTEGER NOT NULL,
            deleted INTEGER NOT NULL, fields BLOB NOT NULL, is_known INTEGER NOT NULL, known_deleted INTEGER NOT NULL,
            known_fields BLOB NOT NULL, author TEXT NOT NULL, written_at INTEGER) STRICT;
        """

    private static let overlayByState = """
        -- What was decided anew after it was settled, by a page that is still to come, is settled below that page until then.
        UPDATE outbox SET state = 2, seq = seq - 1
            WHERE state = 1 AND number IN (SELECT number FROM own_change WHERE is_overlay = 0);

        -- Which records a set names. The overlay is those whose set is not settled, which the outbox says.
        CREATE TABLE own_change_by_state (
            record BLOB NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (record, number)) STRICT, WITHOUT ROWID;
        INSERT OR IGNORE INTO own_change_by_state SELECT record, number FROM own_change ORDER BY record, number;
        DROP TABLE own_change;
        ALTER TABLE own_change_by_state RENAME TO own_change;
        """

    private static let visitDrafts = """
        -- Visits that are not finished, one a household, and those that were put aside, with the reason. The form is the
        -- one the visit was begun with. A person's work: nothing but finishing removes a row.
        CREATE TABLE visit_draft (
            visit BLOB PRIMARY KEY, household BLOB NOT NULL, form_name TEXT NOT NULL, form_version INTEGER NOT NULL,
            form TEXT NOT NULL, answers TEXT NOT NULL, files TEXT NOT NULL, position TEXT NOT NULL,
            author TEXT NOT NULL, started_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
            discarded_at INTEGER, reason TEXT) STRICT;
        CREATE UNIQUE INDEX visit_draft_open ON visit_draft (household) WHERE discarded_at IS NULL;
        """

    private static let held = """
        -- Records of kinds that this program does not know yet, as the server stated them.
        CREATE TABLE held_record (
            record BLOB PRIMARY KEY, kind TEXT NOT NULL, scope TEXT NOT NULL, seq INTEGER NOT NULL,
            deleted INTEGER NOT NULL, fields BLOB NOT NULL) STRICT;
        """

    private static let recovery = """
        -- What had become of a set in a history that is over.
        ALTER TABLE outbox ADD COLUMN earlier_epoch BLOB;
        ALTER TABLE outbox ADD COLUMN earlier_seq INTEGER;
        ALTER TABLE outbox ADD COLUMN earlier_result INTEGER;

        -- The desk's sets that no backup holds, sealed to the township.
        CREATE TABLE escrow (
            epoch BLOB NOT NULL, seq INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (epoch, seq)) STRICT;

        -- A bootstrap that is being fetched aside, to be swapped in as a whole.
        CREATE TABLE staged_page (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        """

    private static let initial = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

        -- Every set of this station, for ever. state: 0 pending, 1 decided, 2 settled.
        CREATE TABLE outbox (
            number INTEGER PRIMARY KEY, hash BLOB NOT NULL, bytes BLOB NOT NULL, state INTEGER NOT NULL,
            seq INTEGER, result INTEGER, problem INTEGER, problem_subject TEXT, problem_zh TEXT, problem_en TEXT,
            closed_by INTEGER) STRICT;
        CREATE INDEX outbox_unsettled ON outbox (seq) WHERE state = 1;
        CREATE INDEX outbox_pending ON outbox (number) WHERE state = 0;
        CREATE INDEX outbox_refused ON outbox (number) WHERE problem IS NOT NULL;

        -- Which records a set names. The overlay is those whose set is not settled.
        CREATE TABLE own_change (record BLOB NOT NULL, number INTEGER NOT NULL, is_overlay INTEGER NOT NULL) STRICT;
        CREATE INDEX own_change_by_record ON own_change (record, number, is_overlay);
        CREATE INDEX own_change_overlay ON own_change (number) WHERE is_overlay = 1;

        -- The server's state of a record that the overlay touches; without a row the server has not stated it.
        CREATE TABLE shadow (
            record BLOB PRIMARY KEY, left_scope INTEGER NOT NULL, scope TEXT NOT NULL, seq INTEGER NOT NULL,
            deleted INTEGER NOT NULL, fields BLOB NOT NULL) STRICT;

        -- Who wrote what the pulls stated. Without edits: the record was stated whole by that one writer.
        CREATE TABLE writer (
            seq INTEGER PRIMARY KEY, device BLOB NOT NULL, author TEXT NOT NULL, time INTEGER NOT NULL,
            reason TEXT NOT NULL) STRICT;
        CREATE TABLE seen (record BLOB NOT NULL, seq INTEGER NOT NULL, edits BLOB) STRICT;
        CREATE INDEX seen_by_record ON seen (record, seq);

        CREATE TABLE scope_digest (scope TEXT PRIMARY KEY, records INTEGER NOT NULL, digest BLOB NOT NULL) STRICT;
        CREATE TABLE night (started_at INTEGER PRIMARY KEY, ended_at INTEGER, outcome TEXT NOT NULL,
            detail TEXT NOT NULL) STRICT;
        """

    private static let treeHeads = """
        -- The server's signed heads that were checked, in the order in which they came (HeadSelection).
        CREATE TABLE tree_head (
            number INTEGER PRIMARY KEY, epoch BLOB NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
            signature BLOB NOT NULL) STRICT;

        -- Heads that do not extend the one that was held: evidence, never deleted by itself. explained: the server has
        -- declared a new history since.
        CREATE TABLE tree_evidence (
            number INTEGER PRIMARY KEY, refusal TEXT NOT NULL, held BLOB NOT NULL, shown BLOB NOT NULL,
            explained INTEGER NOT NULL DEFAULT 0, UNIQUE (refusal, held, shown)) STRICT;
        """
}
