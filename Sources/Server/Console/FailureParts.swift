import Assistance
import CommandSupport
import Markup
import SyncEngine

/// What a person sees when something was not done: what happened, what to do, and what they typed, which is not lost.
enum FailureParts {
    /// Fields that a form has and nobody typed.
    private static let own: Set<String> = ["form_token", "seen", "password", "old", "new", "again"]

    static func body(_ problem: Problem, form: FormFields, input: ConsoleInput) -> HTML {
        let failure = Failure(problem)
        return .group([
            Tag.div(.class(.problem), .role("alert")) {
                Tag.p { Tag.strong(text: failure.message) }
                Tag.p(text: failure.hint)
                Tag.p(.class(.hint), text: L("编号 ", "Code ") + String(problem.code.rawValue))
            },
            typed(form),
            Tag.p { Parts.link(L("回到今日", "Back to today"), Link("today")) },
        ])
    }

    static func body(_ changed: ChangedMeanwhile, form: FormFields, input: ConsoleInput) -> HTML {
        let failure = Failure(Problem(.changedMeanwhile))
        return .group([
            Tag.div(.class(.problem), .role("alert")) {
                Tag.p { Tag.strong(text: failure.message) }
                Tag.p(text: failure.hint)
            },
            Parts.panel(L("其间的变化", "What has changed")) {
                for change in changed.changes {
                    for item in change.items { entry(item, kind: change.kind) }
                }
            },
            typed(form),
            again(form, input: input, head: changed.head),
        ])
    }

    private static func entry(_ item: HistoryItem, kind: KindSchema?) -> HTML {
        Tag.article {
            Tag.p {
                Tag.strong(text: item.author)
                " "
                Parts.time(item.at)
                " \(item.reason)"
            }
            Tag.ul {
                for line in HistoryEntry(item, kind: kind).lines(Shown.masked(in: kind)) { Tag.li(text: line) }
            }
        }
    }

    /// What was typed, to read and to copy.
    private static func typed(_ form: FormFields) -> HTML {
        let pairs = form.pairs.filter { !own.contains($0.name) && !$0.value.isEmpty }
        guard !pairs.isEmpty else { return .empty }
        return Parts.panel(L("您填写的内容", "What you typed")) {
            Parts.facts(pairs.map { ($0.name, .text(String($0.value.prefix(2_000)))) })
        }
    }

    /// The same form once more, now that its writer has seen what changed.
    private static func again(_ form: FormFields, input: ConsoleInput, head: Seq) -> HTML {
        guard input.method == "POST" else { return .empty }
        let parts = input.path.split(separator: "/").map { String($0).removingPercentEncoding ?? "" }
        return Tag.form(.action(Link(parts)), .method(.post)) {
            Tag.input(.type(.hidden), .name("form_token"), .value(People.formToken(of: input.token ?? "")))
            Tag.input(.type(.hidden), .name("seen"), .value(String(head)))
            for pair in form.pairs where !own.contains(pair.name) {
                Tag.input(.type(.hidden), .name(pair.name), .value(pair.value))
            }
            Tag.div(.class(.buttons)) {
                Tag.button(.type(.submit), .class(.danger), text: L("看过了，仍按我填写的办", "I have seen it: do as I typed"))
            }
        }
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
