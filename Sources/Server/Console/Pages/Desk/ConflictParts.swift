import Assistance
import CommandSupport
import Markup
import SyncEngine

/// A conflict's values in words, masked, and as JSON.
enum ConflictParts {
    /// Of a conflict's own record: what it is about.
    static func label(of conflict: Linked) -> String {
        let kind = conflict.text("record_kind").flatMap(AssistanceSchema.current.kind)
        return [kind?.label.text(), conflict.text("field").map { Shown.label($0, in: kind) }]
            .compactMap(\.self).joined(separator: L("：", ": "))
    }

    /// The field, or the fields of the group.
    static func label(_ subject: Resolution.Subject) -> String {
        if subject.isDeletion { return L("删除", "Deleted") }
        return DeskParts.joined(subject.fields.map(Shown.label))
    }

    /// In one line.
    static func brief(_ name: String, _ subject: Resolution.Subject?) -> HTML {
        guard let subject else { return .text("-") }
        return line(shown(name, subject))
    }

    static func line(_ values: [HTML]) -> HTML {
        .group(values.enumerated().map { $0.offset == 0 ? $0.element : .group([.text(" · "), $0.element]) })
    }

    /// Each value of the unit, as the page shows it.
    static func shown(_ name: String, _ subject: Resolution.Subject, isClear: Bool = false) -> [HTML] {
        shown(try? subject.kept(name), subject, isClear: isClear)
    }

    static func shown(_ values: [Value]?, _ subject: Resolution.Subject, isClear: Bool = false) -> [HTML] {
        guard let values else { return [.text(L("（读不出）", "(unreadable)"))] }
        if subject.isDeletion {
            return [.text(values == [.bool(true)] ? L("删除", "deleted") : L("保留", "kept"))]
        }
        if subject.key.element != nil, let field = subject.fields.first {
            let element = values[0].isNull ? subject.key.element.map(Value.text) ?? .null : values[0]
            let text = Shown.value(element, of: field, in: subject.kind, isClear: isClear)
            return [.group([.text(values[0].isNull ? L("没有 ", "without ") : L("有 ", "with ")), text])]
        }
        return zip(subject.fields, values).map { field, value in
            value.isNull
                ? Tag.span(.class(.empty), text: L("（空）", "(empty)"))
                : Shown.value(value, of: field, in: subject.kind, isClear: isClear)
        }
    }

    /// `id`, `kind` and id of the `record`, `field`, `element`, `about`, `policy`, `base`, `mine`, `theirs`,
    /// `standing` (values, of a group lists in schema order; masked), `state`, `authors`, `seqs`, `village`.
    static func document(
        _ subject: Resolution.Subject, matter: ConflictMatter, isClear: Bool = false
    ) -> JSONValue {
        func values(_ values: [Value]?) -> JSONValue {
            guard let values else { return .null }
            let shown = values.enumerated().map { index, value in
                let isMasked = !isClear && subject.fields.indices.contains(index)
                return JSONValue(
                    isMasked ? Masking.masked(value, of: subject.fields[index].name, in: subject.kind.name) : value)
            }
            return shown.count == 1 ? shown[0] : .array(shown)
        }
        func text(_ name: String) -> JSONValue { subject.text(name).map(JSONValue.string) ?? .null }
        let sides = ["base", "mine", "theirs"].map { ($0, values(try? subject.kept($0))) }
        return .object(
            [
                ("id", .string(subject.conflict.id.description)), ("kind", .string(subject.kind.name)),
                ("record", .string(subject.record.id.description)), ("field", .string(subject.key.field)),
                ("element", text("element")), ("about", .string(matter.rawValue)), ("policy", text("policy")),
            ] + sides + [
                ("standing", values(subject.standing)), ("state", text("state")),
                ("authors", .array(subject.elements("authors").map(JSONValue.string))),
                ("seqs", .array(subject.elements("seqs").compactMap { Int64($0) }.map(JSONValue.int))),
                ("village", .string(subject.conflict.scope.code)),
            ])
    }
}
