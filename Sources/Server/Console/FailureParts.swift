import Assistance
import CommandSupport
import Markup
import SyncEngine

/// What a person sees when something was not done: what happened, what to do, and what they typed, which is not lost.
enum FailureParts {
    /// Of a value, as much as is shown to be copied.
    private static let shownCharacters = 2_000

    /// A page of its own, where the one that the form stood on cannot be shown.
    /// - Parameter back: the address of that page.
    static func body(_ refused: Refused, form: FormFields, back: Link?) -> HTML {
        .group([
            notice(refused, in: nil), typed(form, labels: []),
            Tag.p {
                if let back {
                    Parts.link(L("回到刚才的页面", "Back to the page"), back)
                    " "
                }
                Parts.link(L("回到今日", "Back to today"), Link("today"))
            },
        ])
    }

    // MARK: - The notice

    /// What happened and what to do; what others changed meanwhile.
    /// - Parameter form: that it is about; `nil` where it stands alone.
    static func notice(_ refused: Refused, in form: HTMLForm?) -> HTML {
        let wrong = refused.wrong.sorted { $0.key < $1.key }
        return Tag.div(.class(.problem), .id(FormFilling.noticeID), .role("alert"), .tabindex(-1), .autofocus) {
            Tag.p { Tag.strong(text: wrong.count > 1 ? several(wrong.count) : message(refused, in: form)) }
            if wrong.count > 1 {
                Tag.ul {
                    for (name, text) in wrong {
                        Tag.li(text: line(name, text, in: form))
                    }
                }
            } else {
                Tag.p(text: refused.hint)
            }
            if let changed = refused.changed { changes(changed) }
            Tag.p(.class(.hint), text: L("错误码 ", "Code ") + String(refused.problem.code.rawValue))
        }
    }

    private static func several(_ count: Int) -> String {
        L("有 \(count) 处要改，没有保存。", "\(count) to correct; nothing was kept.")
    }

    /// A field and what is wrong with it, which may name it already.
    private static func line(_ name: String, _ wrong: String, in form: HTMLForm?) -> String {
        guard let label = label(of: name, in: form), !wrong.contains(label) else { return wrong }
        return label + L("：", ": ") + wrong
    }

    /// What happened, with the field's label where its name would stand.
    private static func message(_ refused: Refused, in form: HTMLForm?) -> String {
        if let wrong = refused.wrong.first { return line(wrong.key, wrong.value, in: form) }
        return words(refused.problem, in: form)
    }

    /// What a problem says to people: labels where it names fields.
    static func words(_ problem: Problem, in form: HTMLForm? = nil) -> String {
        let about = subject(problem.subject, in: form)
        return Failure(Problem(problem.code, about, explanation: problem.explanation)).message
    }

    /// People read labels: a field's name becomes its label, an id that nobody knows is left out.
    private static func subject(_ text: String, in form: HTMLForm?) -> String {
        if RecordID(text) != nil { return "" }
        guard isName(text) else { return text }
        return label(of: text, in: form) ?? ""
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.first.map { (0x61...0x7A).contains($0) } ?? false
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x5F, 0x2E].contains($0)
            }
    }

    private static func changes(_ changed: ChangedMeanwhile) -> HTML {
        .group([
            Tag.h3(text: L("其间的变化", "What has changed")),
            .group(
                changed.changes.flatMap { change in
                    change.items.map { item in entry(item, kind: change.kind) }
                }),
        ])
    }

    private static func entry(_ item: HistoryItem, kind: KindSchema?) -> HTML {
        let lines = TimelineParts.differing(item, kind: kind)
        return Tag.article {
            Tag.p {
                if let kind { kind.label.text() + L("：", ": ") }
                Tag.strong(text: Shown.author(item.author))
                " "
                Parts.time(item.at)
                " " + Shown.reason(item.reason)
            }
            if !lines.isEmpty { Tag.ul { for line in lines { Tag.li(text: line) } } }
        }
    }

    // MARK: - What was typed

    /// To read and to copy, where there is no form to put it back into.
    static func typed(_ form: FormFields, labels: [HTMLForm]) -> HTML {
        let pairs = form.pairs.filter {
            !ReturnedForm.Own.names.contains($0.name) && !ReturnedForm.Own.secrets.contains($0.name)
                && !$0.value.trimmingWhitespace().isEmpty && RecordID($0.value) == nil
        }
        guard !pairs.isEmpty else { return .empty }
        return Parts.panel(L("您填写的内容", "What you typed")) {
            Parts.facts(
                pairs.map { pair in
                    let label = labels.lazy.compactMap { $0.label(of: pair.name) }.first ?? TypedLabels.label(pair.name)
                    return (label ?? L("其他", "Other"), .text(String(pair.value.prefix(shownCharacters))))
                })
        }
    }

    // MARK: - Fields

    /// With what is wrong said of the field that it is about, where the form has that field.
    static func told(_ refused: Refused, in form: HTMLForm, fields: FormFields) -> Refused {
        guard refused.wrong.isEmpty, refused.changed == nil,
            let name = field(of: refused.problem, in: form, fields: fields)
        else { return refused }
        var told = refused
        told.wrong = [name: wrong(refused.problem, with: name, in: form, fields: fields)]
        return told
    }

    private static func wrong(
        _ problem: Problem, with name: String, in form: HTMLForm, fields: FormFields
    ) -> String {
        if let explanation = problem.explanation { return explanation.text() }
        guard problem.code == .badValue, let label = label(of: name, in: form) else {
            return words(Problem(problem.code), in: form)
        }
        guard fields.all(name).allSatisfy({ $0.trimmingWhitespace().isEmpty }) else {
            return L("“\(label)”不能这样填", "\(label) cannot be that")
        }
        let isChosen = form.controls.contains { $0.name == name && ["select", "radio", "checkbox"].contains($0.type) }
        return isChosen ? L("请选择“\(label)”", "Choose: \(label)") : L("请填写“\(label)”", "Fill in: \(label)")
    }

    /// The field that a problem is about: it names it, or says what was typed into it.
    private static func field(of problem: Problem, in form: HTMLForm, fields: FormFields) -> String? {
        let last = problem.subject.split(separator: ".").last.map(String.init) ?? ""
        if form.names.contains(problem.subject) { return problem.subject }
        if form.names.contains(last) { return last }
        guard !problem.subject.isEmpty else { return nil }
        let typed = Set(
            fields.pairs.filter { $0.value.trimmingWhitespace() == problem.subject && form.names.contains($0.name) }
                .map(\.name))
        return typed.count == 1 ? typed.first : nil
    }

    private static func label(of name: String, in form: HTMLForm?) -> String? {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        return form?.label(of: name) ?? form?.label(of: last) ?? TypedLabels.label(of: name)
    }
}

extension ChangedMeanwhile.Change {
    /// `record`, `kind`, `entries` as `history` states them, masked.
    var document: JSONValue {
        .object([
            ("record", .string(record.description)), ("kind", kind.map { .string($0.name) } ?? .null),
            (
                "entries",
                .array(
                    items.map { item in HistoryEntry(kind.map { Masking.masked(item, kind: $0) } ?? item).json })
            ),
        ])
    }
}
