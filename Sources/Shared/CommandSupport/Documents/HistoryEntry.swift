package import SyncEngine

/// One set's part in a record's history, as `history` states it.
package struct HistoryEntry: Sendable {
    private let item: HistoryItem
    private let kind: KindSchema?

    package init(_ item: HistoryItem) { self.init(item, kind: nil) }

    /// - Parameter kind: the record's, for the labels that people read.
    package init(_ item: HistoryItem, kind: KindSchema?) {
        self.item = item
        self.kind = kind
    }

    /// `seq` (0 while not decided), `device`, `author`, `at`, `reason`, `edits` [`field`, `element` of a set, `old`,
    /// `new`], `outcome`; `clockFlagged` when the author's clock was ahead by more than a day.
    package var json: JSONValue {
        let flag = item.isFlagged ? [("clockFlagged", JSONValue.bool(true))] : []
        return .object(
            [
                ("seq", .int(Int64(item.seq))), ("device", .string(item.device.description)),
                ("author", .string(item.author)), ("at", .string(item.at.description)),
                ("reason", .string(item.reason)),
                ("edits", .array(item.effects.map(Self.edit))), ("outcome", .string(item.outcome.rawValue)),
            ] + flag)
    }

    private static func edit(_ effect: Effect) -> JSONValue {
        let element = effect.element.map { [("element", JSONValue.string($0))] } ?? []
        return .object(
            [("field", .string(effect.field))] + element + [
                ("old", JSONValue(effect.old)), ("new", JSONValue(effect.new)),
            ])
    }

    /// For people: who, when, why; then a line an edit.
    package var text: String {
        let place = item.seq == 0 ? "-" : String(item.seq)
        let time = PlainText.of(item.at) + (item.isFlagged ? L("（时钟超前，不可信）", " (clock ahead, not trusted)") : "")
        let head = [place, time, item.author, Self.label(of: item.outcome).text(), item.reason]
        return ([head.filter { !$0.isEmpty }.joined(separator: "  ")] + item.effects.map(line)).joined(
            separator: "\n")
    }

    /// The edits as a page tells them, a line each: from what to what, or what was filled in.
    /// - Parameters:
    ///   - mask: what is shown of a value of a field.
    ///   - words: how a value is read; by itself with the code that it is kept as.
    package func lines(
        _ mask: (Value, _ field: String) -> Value = { value, _ in value },
        words: (Value, FieldSchema?) -> String = { PlainText.of($0, field: $1) }
    ) -> [String] {
        item.effects.map { effect in
            var shown = effect
            shown.old = mask(effect.old, effect.field)
            shown.new = mask(effect.new, effect.field)
            shown.element = effect.element.map { mask(.text($0), effect.field).text ?? "" }
            var (name, change) = parts(shown, words)
            // A page shows money in yuan.
            if effect.field.hasSuffix("_fen") { name = name.replacing("（分）", with: "").replacing(" (fen)", with: "") }
            // It is shown by its name.
            if effect.field == "village" { name = L("村居：", "Village: ") }
            if let element = shown.element {
                let word = effect.new.isNull ? L("去掉 ", "removed ") : L("增加 ", "added ")
                return name + word + words(.text(element), kind?.field(effect.field))
            }
            return name
                + (effect.element == nil && effect.old.isNull ? words(shown.new, kind?.field(effect.field)) : change)
        }
    }

    private func line(_ effect: Effect) -> String {
        let (name, change) = parts(effect) { PlainText.of($0, field: $1) }
        return "    " + name + change
    }

    private func parts(
        _ effect: Effect, _ words: (Value, FieldSchema?) -> String
    ) -> (name: String, change: String) {
        let field = kind?.field(effect.field)
        let name = FieldNames.label(of: effect.field, in: kind).text() + L("：", ": ")
        if let element = effect.element {
            return (name, (effect.new.isNull ? "−" : "+") + words(.text(element), field))
        }
        return (name, "\(words(effect.old, field)) → \(words(effect.new, field))")
    }

    private static func label(of outcome: HistoryItem.Outcome) -> Label {
        switch outcome {
        case .pending: Label(zh: "未定", en: "pending")
        case .applied: Label(zh: "已采用", en: "applied")
        case .conflicted: Label(zh: "有冲突", en: "met a conflict")
        case .quarantined: Label(zh: "被退回", en: "refused")
        }
    }
}

/// What people call a field, a group or what every record has besides.
package enum FieldNames {
    package static func label(of name: String, in kind: KindSchema?) -> Label {
        switch name {
        case Effect.deleted: Label(zh: "删除", en: "Deleted")
        case Effect.scope: Label(zh: "所在村居", en: "Scope")
        default: kind?.field(name)?.label ?? Label(zh: name, en: name)
        }
    }
}

extension Output {
    /// `entries`.
    package func write(history: [HistoryEntry]) {
        write(
            .object([("entries", .array(history.map(\.json)))]),
            text: history.isEmpty ? L("没有变更", "No changes") : history.map(\.text).joined(separator: "\n"))
    }
}
