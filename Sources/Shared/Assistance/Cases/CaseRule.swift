package import SyncEngine

/// An obligation of the policy document, by its number in DOMAIN section 2, and where it stands there.
package struct CaseRule: Hashable, Sendable {
    package let number: Int

    package init(_ number: Int) { self.number = number }

    package var code: String { "R\(number)" }

    /// Part and item of 峄政发〔2020〕14号.
    private var place: (part: Int, item: Int?) {
        switch number {
        case ...2: (1, nil)
        case ...9: (1, 1)
        case ...11: (1, 2)
        case ...18: (1, 3)
        case ...24: (1, 4)
        case ...28: (2, 1)
        case ...32: (2, 2)
        case ...36: (2, 3)
        case ...47: (2, 4)
        case ...55: (3, nil)
        case ...62: (4, 1)
        case ...66: (4, 2)
        default: (4, 3)
        }
    }

    /// `R64，实施意见四（二）`
    package var label: Label {
        let numerals = ["一", "二", "三", "四"]
        let (part, item) = place
        return Label(
            zh: "\(code)，实施意见\(numerals[part - 1])" + (item.map { "（\(numerals[$0 - 1])）" } ?? ""),
            en: "\(code), Opinions \(part)" + (item.map { "(\($0))" } ?? ""))
    }
}

/// What must be there before a step may be taken: a pure function over the case file.
package struct Guard: Sendable {
    package let rule: CaseRule
    /// What is needed, as the rest of “missing: …”.
    package let needs: Label
    package let isMet: @Sendable (CaseFile) -> Bool

    init(_ rule: Int, zh: String, en: String, isMet: @escaping @Sendable (CaseFile) -> Bool) {
        self.rule = CaseRule(rule)
        needs = Label(zh: zh, en: en)
        self.isMet = isMet
    }
}

/// Why a step is refused: each need with its rule.
package struct Refusal: Hashable, Sendable {
    package let move: Label
    package let reasons: [Reason]

    package init(move: Label, reasons: [Reason]) {
        self.move = move
        self.reasons = reasons
    }

    package struct Reason: Hashable, Sendable {
        package let rule: CaseRule
        package let text: Label

        package init(_ rule: CaseRule, _ text: Label) {
            self.rule = rule
            self.text = text
        }
    }

    /// The refusal as it comes back to who asked: every reason with rule and place in the document.
    package var problem: Problem {
        let zh = reasons.map { "\($0.text.zh)（\($0.rule.label.zh)）" }.joined(separator: "；")
        let en = reasons.map { "\($0.text.en) (\($0.rule.label.en))" }.joined(separator: "; ")
        return Problem(
            .refusedMove, explanation: Label(zh: "不能办理“\(move.zh)”：\(zh)", en: "Cannot \(move.en): \(en)"))
    }
}
