import GRDB
package import SyncEngine

/// A visit that is not finished: kept after every answer, and with the very form it was begun with, so that neither a
/// power cut nor a newer form costs an answer.
package struct VisitDraft: Hashable, Sendable {
    /// The id that the visit will have.
    package var visit: RecordID
    package var household: RecordID
    package var formName: String
    package var formVersion: Int64
    /// The form's document, JSON.
    package var form: String
    /// Question → answer, JSON.
    package var answers: String
    /// Photos and signatures that were copied in, JSON.
    package var files: String
    /// The place of the question that comes next.
    package var position: String
    package var author: String
    package var startedAt: Instant
    package var updatedAt: Instant

    package init(
        visit: RecordID, household: RecordID, formName: String, formVersion: Int64, form: String, answers: String,
        files: String, position: String, author: String, startedAt: Instant, updatedAt: Instant
    ) {
        self.visit = visit
        self.household = household
        self.formName = formName
        self.formVersion = formVersion
        self.form = form
        self.answers = answers
        self.files = files
        self.position = position
        self.author = author
        self.startedAt = startedAt
        self.updatedAt = updatedAt
    }
}

extension ReplicaTransaction {
    private static let draftColumns = """
        SELECT visit, household, form_name, form_version, form, answers, files, position, author, started_at, updated_at
        FROM visit_draft WHERE discarded_at IS NULL
        """

    /// The visits that are under way, the one worked on last first.
    package func visitDrafts() throws -> [VisitDraft] {
        try Query(database, Self.draftColumns + " ORDER BY updated_at DESC, visit").all(Self.draft)
    }

    /// The visit to a household that is under way.
    package func visitDraft(of household: RecordID) throws -> VisitDraft? {
        var query = try Query(database, Self.draftColumns + " AND household = ?")
        query.bind(household)
        return try query.first(Self.draft)
    }

    private static func draft(_ row: Columns) -> VisitDraft {
        VisitDraft(
            visit: row.id(0), household: row.id(1), formName: row.text(2), formVersion: row.int64(3),
            form: row.text(4), answers: row.text(5), files: row.text(6), position: row.text(7), author: row.text(8),
            startedAt: Instant(milliseconds: row.int64(9)), updatedAt: Instant(milliseconds: row.int64(10)))
    }

    /// Begins a visit.
    /// - Throws: `DatabaseError` when the household has one under way.
    package func begin(_ draft: VisitDraft) throws {
        var query = try Query(
            database,
            """
            INSERT INTO visit_draft (visit, household, form_name, form_version, form, answers, files, position, author,
            started_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        query.bind(draft.visit)
        query.bind(draft.household)
        query.bind(draft.formName)
        query.bind(draft.formVersion)
        query.bind(draft.form)
        query.bind(draft.answers)
        query.bind(draft.files)
        query.bind(draft.position)
        query.bind(draft.author)
        query.bind(draft.startedAt.milliseconds)
        query.bind(draft.updatedAt.milliseconds)
        try query.run()
    }

    /// Keeps what was answered since `updatedAt`.
    /// - Returns: whether it is kept: not when another window has answered, finished or discarded the visit since.
    package func save(_ draft: VisitDraft, since updatedAt: Instant) throws -> Bool {
        var query = try Query(
            database,
            """
            UPDATE visit_draft SET answers = ?, files = ?, position = ?, updated_at = ?
            WHERE visit = ? AND updated_at = ? AND discarded_at IS NULL RETURNING 1
            """)
        query.bind(draft.answers)
        query.bind(draft.files)
        query.bind(draft.position)
        query.bind(draft.updatedAt.milliseconds)
        query.bind(draft.visit)
        query.bind(updatedAt.milliseconds)
        return try !query.all { _ in true }.isEmpty
    }

    /// Takes a visit that is finished off the table.
    /// - Returns: whether it was under way.
    package func endVisitDraft(_ visit: RecordID) throws -> Bool {
        var query = try Query(
            database, "DELETE FROM visit_draft WHERE visit = ? AND discarded_at IS NULL RETURNING 1")
        query.bind(visit)
        return try !query.all { _ in true }.isEmpty
    }

    /// Puts a visit aside. Its answers stay in the database, with the reason, and are asked for no more.
    package func discardVisitDraft(_ visit: RecordID, reason: String, at now: Instant) throws {
        var query = try Query(database, "UPDATE visit_draft SET discarded_at = ?, reason = ? WHERE visit = ?")
        query.bind(now.milliseconds)
        query.bind(reason)
        query.bind(visit)
        try query.run()
    }
}
