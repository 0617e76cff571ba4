import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// A household's story, as a page tells it.
enum TimelineParts {
    /// Records of one set that are told line by line; the rest are counted.
    private static let shownParts = 12

    static func list(_ history: HouseholdHistory, file: HouseholdRecords?, isClear: Bool) -> HTML {
        guard !history.entries.isEmpty else { return Tag.p(.class(.empty), text: L("没有", "None")) }
        return Tag.ol(.class(.timeline)) {
            for entry in history.entries { self.entry(entry, file: file, isClear: isClear) }
        }
    }

    private static func entry(_ entry: HouseholdHistory.Entry, file: HouseholdRecords?, isClear: Bool) -> HTML {
        let item = entry.item
        return Tag.li(.id("seq-\(entry.seq)")) {
            Tag.p {
                Tag.strong(text: Shown.author(item?.author ?? ""))
                " "
                if let item { Parts.time(item.at) }
                " "
                outcome(item)
                " "
                Tag.small(text: place(entry))
            }
            if let reason = item?.reason, !reason.isEmpty {
                Tag.p { Tag.em(text: L("理由：", "Reason: ") + Shown.reason(reason, isClear: isClear)) }
            }
            for part in entry.parts.prefix(shownParts) { self.part(part, file: file, isClear: isClear) }
            if entry.parts.count > shownParts {
                Tag.p(text: L("另有 \(entry.parts.count - shownParts) 条记录", "and \(entry.parts.count - shownParts) more"))
            }
        }
    }

    private static func part(_ part: HouseholdHistory.Part, file: HouseholdRecords?, isClear: Bool) -> HTML {
        let name = file?.record(part.record)?.text("name").map { " " + $0 } ?? ""
        let lines = Self.lines(part.item, kind: part.kind, isClear: isClear) {
            file?.record($0).map { $0.text("name") ?? $0.kind.label.text() }
        }
        return Tag.div {
            Parts.link((part.kind?.label.text() ?? "") + name, Link("records", part.record.description))
            told(lines)
        }
    }

    /// Lines of what changed; checksums and templates, which nobody reads, are folded.
    static func told(_ lines: [String]) -> HTML {
        let folded = lines.filter { $0.contains(#/[0-9a-f]{64}|[a-z_]+@[0-9]+/#) }
        return .group([
            Tag.ul { for line in lines where !folded.contains(line) { Tag.li(text: line) } },
            folded.isEmpty
                ? .empty
                : Tag.details {
                    Tag.summary(text: L("模板和校验值", "Template and checksums"))
                    Tag.ul { for line in folded { Tag.li(text: line) } }
                },
        ])
    }

    /// What changed in words, without what reads alike before and after.
    static func differing(_ item: HistoryItem, kind: KindSchema?) -> [String] {
        let mask = Shown.masked(in: kind)
        var told = item
        told.effects.removeAll { effect in
            let field = kind?.field(effect.field)
            return effect.element == nil
                && Shown.words(mask(effect.old, effect.field), field)
                    == Shown.words(mask(effect.new, effect.field), field)
        }
        return HistoryEntry(told, kind: kind).lines(mask, words: { Shown.words($0, $1) })
    }

    private static let documents: Set<String> = ["answers", "calculation", "per_member"]

    /// What changed, in words; what did not stand is said to be so.
    /// - Parameter names: whom an id stands for.
    static func lines(
        _ item: HistoryItem, kind: KindSchema?, isClear: Bool, names: (RecordID) -> String? = { _ in nil }
    ) -> [String] {
        let shown = Shown.masked(in: kind)
        let mask: (Value, _ field: String) -> Value = { value, field in
            // A document in JSON is no line of a story, whoever reads it: its record has it.
            isClear && !documents.contains(field) ? value : shown(value, field)
        }
        var told = item
        // Below what a record stands, its place shows; how a conflict is kept is nobody's story.
        told.effects.removeAll { effect in
            effect.old.isNull && ["household", "application", "record"].contains(effect.field)
                || effect.element == nil && effect.old == effect.new && effect.result == .applied
                || kind?.name == ConflictRecord.kindName && !["field", "authors"].contains(effect.field)
        }
        let about = item.effects.first { $0.field == "record_kind" }?.new.text.flatMap(AssistanceSchema.current.kind)
        let words = HistoryEntry(told, kind: kind).lines(mask) { value, field in
            guard kind?.name == ConflictRecord.kindName, field?.name == "field", let name = value.text else {
                return Shown.words(value, field, names: names)
            }
            return Shown.label(name, in: about)
        }
        return zip(told.effects, words).map { effect, line in
            switch effect.result {
            case .lost where item.outcome == .quarantined: line
            case .lost: line + L("（没有采用，已成冲突）", " (did not stand: a conflict)")
            case .equal: line + L("（与已有的相同）", " (was so already)")
            case .applied, .derived: line
            }
        }
    }

    private static func outcome(_ item: HistoryItem?) -> HTML {
        switch item?.outcome {
        case .conflicted: Parts.badge(L("有冲突", "met a conflict"), .soon)
        case .quarantined: Parts.badge(L("被退回", "set aside"), .grave)
        case .applied, .pending, nil: .empty
        }
    }

    private static func place(_ entry: HouseholdHistory.Entry) -> String {
        let from =
            entry.isDesk
            ? L("镇街", "township")
            : [entry.station, entry.staff].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
        let clock = entry.item?.isFlagged == true ? L("，时钟不可信", ", clock not trusted") : ""
        return L("\(from) · 序号 \(entry.seq)\(clock)", "\(from) · seq \(entry.seq)\(clock)")
    }
}

/// The whole history of a household, page by page.
struct HouseholdHistoryPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/households/{id}/history") { console, request in
            let id = try request.record()
            _ = try console.look(at: id, page: "history", by: request)
            let before = try request.number("before")
            let tables = console.township.database.tables
            return try console.page { database, seq in
                let file = try HouseholdRecords(id, tables: tables, in: database)
                return HouseholdHistoryPage(
                    seq: seq, file: file,
                    history: try HouseholdHistory(
                        of: file.everything, before: before, tables: tables,
                        in: database),
                    clearance: try Clearance(of: file.root.record.id, for: request, tables: tables, in: database))
            }
        }
    ]

    let seq: Seq
    let file: HouseholdRecords
    let history: HouseholdHistory
    let clearance: Clearance

    var title: String { L("历史：", "History: ") + file.title }
    private var id: String { file.root.record.id.description }

    /// `seq`, `household`, `count`, `next`, `entries` [`seq`, `author`, `at`, `reason`, `outcome`, `desk`, `station`,
    /// `staff`, `records` [`record`, `kind`, `changes` in words]].
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("household", .string(id)), ("count", .int(Int64(history.count))),
            ("next", history.next.map { .int(Int64($0)) } ?? .null),
            ("entries", .array(history.entries.map { $0.document(isClear: clearance.isClear) })),
        ])
    }

    func body() -> HTML {
        .group([
            Tag.p { Parts.link(L("回到住户", "Back to the household"), Link("households", id)) },
            Parts.panel(L("共 \(history.count) 次变更，新的在前", "\(history.count) change sets, the newest first")) {
                TimelineParts.list(history, file: file, isClear: clearance.isClear)
            },
            history.next.map { next in
                Tag.p(.class(.pages)) {
                    Parts.link(
                        L("更早的", "Earlier"), Link("households", id, "history", query: [("before", String(next))]))
                }
            } ?? .empty,
        ])
    }
}

extension HouseholdHistory.Entry {
    fileprivate func document(isClear: Bool) -> JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("author", .string(item?.author ?? "")),
            ("at", item.map { .string($0.at.description) } ?? .null),
            ("reason", .string(Shown.masked(reason: item?.reason ?? "", isClear: isClear))),
            ("outcome", .string(item?.outcome.rawValue ?? "applied")), ("desk", .bool(isDesk)),
            ("station", station.map(JSONValue.string) ?? .null), ("staff", staff.map(JSONValue.string) ?? .null),
            (
                "records",
                .array(
                    parts.map { part in
                        .object([
                            ("record", .string(part.record.description)),
                            ("kind", part.kind.map { .string($0.name) } ?? .null),
                            (
                                "changes",
                                .array(
                                    TimelineParts.lines(part.item, kind: part.kind, isClear: isClear)
                                        .map(JSONValue.string))
                            ),
                        ])
                    })
            ),
        ])
    }
}
