import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// A visit under way, as `visit --list` and `outbox` state it.
struct DraftDocument {
    private let draft: VisitDraft
    /// The household, as people call it.
    private let name: String

    init(_ draft: VisitDraft, name: String) {
        self.draft = draft
        self.name = name
    }

    /// The keys of a set of the outbox, with no number and no changes yet, then `visit`, `household`, `form`, `version`,
    /// `startedAt`, `position`.
    var json: JSONValue {
        .object([
            ("number", .null), ("at", .string(draft.updatedAt.description)), ("author", .string(draft.author)),
            ("reason", .string("")), ("changes", .array([])), ("state", .string("draft")),
            ("visit", .string(draft.visit.description)), ("household", .string(draft.household.description)),
            ("form", .string(draft.formName)), ("version", .int(draft.formVersion)),
            ("startedAt", .string(draft.startedAt.description)), ("position", .string(draft.position)),
        ])
    }

    var text: String {
        L(
            "草稿  户 \(name)  \(PlainText.of(draft.updatedAt))  \(draft.author)  走访未完成，继续：ruhu visit \(name)",
            "draft  household \(name)  \(PlainText.of(draft.updatedAt))  \(draft.author)  not finished; go on with ruhu visit \(name)"
        )
    }
}

extension ReplicaTransaction {
    /// The visits under way with the households' numbers.
    func draftDocuments() throws -> [DraftDocument] {
        try visitDrafts().map { draft in
            let kind = schema.kind("household")
            let household = try kind.flatMap { try working(draft.household, kind: $0) }
            let number = kind.flatMap { kind in household?.value("number", in: kind).text }
            return DraftDocument(draft, name: number ?? draft.household.description)
        }
    }
}
