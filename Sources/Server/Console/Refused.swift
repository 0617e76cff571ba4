import Assistance
import CommandSupport
import Logging
import Markup
import SyncEngine

/// Several fields of one form that cannot be kept as they were typed, each with what is wrong with it.
struct WrongFields: Error {
    /// What a program is told.
    let problem: Problem
    /// By the field's name, in the reader's language.
    let wrong: [String: String]

    init(problem: Problem, wrong: [String: String]) { (self.problem, self.wrong) = (problem, wrong) }

    /// A program is told of the first.
    init(_ wrong: [String: String]) {
        let first = wrong.min { $0.key < $1.key }
        let problem = Problem(
            first?.key == "reason" ? .reasonNeeded : .badValue, first?.key ?? "",
            explanation: first.map { Label(zh: $0.value, en: $0.value) })
        self.init(problem: problem, wrong: wrong)
    }
}

/// Why an act was not done, whatever it was that stopped it.
struct Refused: Sendable {
    let problem: Problem
    var wrong: [String: String] = [:]
    /// What others did meanwhile, where that is the reason.
    var changed: ChangedMeanwhile?
    /// A page could not be opened: there is no form to correct.
    var isOpening = false

    /// What to do next.
    var hint: String {
        guard isOpening, problem.code == .badValue else { return problem.pageHint }
        return L(
            "地址里写的不对：月份要像 2026-11，年份像 2026，日期像 2026-11-26。请重新选择。",
            "The address is not right: a month is like 2026-11, a year like 2026, a day like 2026-11-26. Choose again.")
    }

    init(_ problem: Problem) { self.problem = problem }

    /// What nobody foresaw is logged, and told as no more than that.
    init(_ error: any Error, logger: Logger) {
        switch error {
        case let several as WrongFields: (problem, wrong) = (several.problem, several.wrong)
        case let others as ChangedMeanwhile: (problem, changed) = (Problem(.changedMeanwhile), others)
        case let known as Problem:
            problem = known
            if known.code.rawValue >= 5000 { logger.error("\(known.code): \(known.subject)") }
        default:
            logger.error("unexpected: \(error)")
            problem = Problem(.internalError)
        }
    }

    /// `error` as ``Failure/document`` states it, with `seq` and `changes` where others were before.
    var json: JSONValue {
        let document = Failure(problem).document
        guard let changed else { return .object([("error", document)]) }
        return .object([
            (
                "error",
                document.adding([
                    ("seq", .int(Int64(changed.head))), ("changes", .array(changed.changes.map(\.document))),
                ])
            )
        ])
    }
}

/// A form that comes back to who filled it in, on the page that it stood on: nothing typed is lost, what is wrong stands
/// above it and beside the field, and it can be sent again.
struct ReturnedForm: Sendable {
    /// Where it was sent, as its page writes it.
    let action: String
    let fields: FormFields
    let refused: Refused

    /// What a form carries besides what it is for.
    enum Own {
        /// Set anew by the page, or kept as it was, and never what tells one form from another.
        static let names: Set<String> = ["form_token", "seen", "page", "new_id", "computed"]
        /// Never shown again.
        static let secrets: Set<String> = ["password", "old", "new", "again"]
    }

    /// The page with the form in it; where it no longer has the form, with what was typed above it.
    func standing(in page: HTML) -> HTML {
        let forms = page.forms
        guard let form = own(among: forms) else {
            return .group([
                FailureParts.notice(refused, in: nil), FailureParts.typed(fields, labels: forms), page,
            ])
        }
        let told = FailureParts.told(refused, in: form, fields: fields)
        let filling = FormFilling(
            fields: fields.pairs, kept: kept(in: form), wrong: told.wrong.filter { form.names.contains($0.key) },
            notice: FailureParts.notice(told, in: form))
        return page.filling(form, with: filling)
    }

    /// The one of that address whose fixed fields are those that were sent; among several, which has all that was sent.
    private func own(among forms: [HTMLForm]) -> HTMLForm? {
        let alike = forms.filter { $0.action == action }
        let same = alike.filter { form in
            form.controls.allSatisfy { control in
                !control.isHidden || Own.names.contains(control.name)
                    || fields.all(control.name).contains(control.value)
            }
        }
        let sent = Set(fields.pairs.map(\.name))
        return same.first { sent.isSubset(of: Set($0.controls.map(\.name))) } ?? same.first
            ?? (alike.count == 1 ? alike[0] : nil)
    }

    /// It still is the page that was seen then, until its writer has been shown what has changed.
    private func kept(in form: HTMLForm) -> [String: String] {
        var kept: [String: String] = [:]
        if let id = fields["new_id"] { kept["new_id"] = id }
        let now = form.controls.first { $0.name == "seen" }.flatMap { Seq($0.value) }
        if refused.changed == nil, let seen = fields["seen"].flatMap(Seq.init), now.map({ seen <= $0 }) ?? false {
            kept["seen"] = String(seen)
        }
        return kept
    }
}
