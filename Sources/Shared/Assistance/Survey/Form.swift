package import SyncEngine

/// A questionnaire as data (`docs/survey.md`): what is asked, when, how it is checked, and which field of a record each
/// answer writes.
package struct Form: Sendable {
    package let name: String
    package let version: Int64
    package let title: Label
    package let items: [Item]
    /// What it was read from.
    package let document: JSONValue

    package enum Item: Sendable {
        case question(Question)
        case group(Group)
    }

    /// Questions that are asked for each of several things: the members, their incomes.
    package struct Group: Sendable {
        package let id: String
        package let text: Label
        /// The kind of record that a row is.
        package let kind: KindSchema
        package let questions: [Question]
        /// Questions by which a row of an answers file is known to be a record that exists: the first that is given.
        package let key: [String]
        package let atLeast: Int
        package let atMost: Int
        /// Whether a row of an existing record may be taken away.
        package let isRemovable: Bool
    }

    package func group(_ id: String) -> Group? {
        for case .group(let group) in items where group.id == id { return group }
        return nil
    }

    /// The question with this id, and the group it is in.
    package func question(_ id: String) -> (question: Question, group: Group?)? {
        for item in items {
            switch item {
            case .question(let question): if question.id == id { return (question, nil) }
            case .group(let group):
                if let question = group.questions.first(where: { $0.id == id }) { return (question, group) }
            }
        }
        return nil
    }
}

/// One question of a form.
package struct Question: Sendable {
    package let id: String
    package let text: Label
    package let help: Label?
    package let type: AnswerType
    package let unit: Label?
    package let when: Condition?
    package let isRequired: Bool
    /// The field that the answer writes; `nil` for what only the visit keeps.
    package let target: Target?
    package let initial: Initial?
    /// Asked anew at each visit: the last one's answer is no default.
    package let isFresh: Bool
    package let example: String?
    package let atLeast: Int64?
    package let atMost: Int64?
    /// In the order in which they are shown; of a code list that is longer than what is shown, the rest is accepted too.
    package let choices: [Choice]
    /// How many of the choices are shown before `?` is asked.
    package let shown: Int

    /// A field of a record.
    package struct Target: Sendable {
        package let kind: KindSchema
        package let field: FieldSchema
    }

    package struct Choice: Hashable, Sendable {
        package let code: String
        package let text: Label
    }

    /// What stands as the default when neither record nor last visit has one.
    package enum Initial: Sendable {
        case value(Value)
        case today
        /// Yes when the row's record has this field.
        case isSet(String)
    }
}

/// What an answer may be.
package enum AnswerType: Hashable, Sendable {
    case text
    /// A whole number of 10^-decimals units; money is one of two decimals, kept in fen.
    case number(decimals: Int)
    case date
    case yesNo
    case choice
    case choices
    /// Several texts: names, telephone numbers.
    case texts
    /// One of the rows of a group of members.
    case member
}

/// Whether a question is asked: a total expression over answers. An answer that is missing equals nothing, and is
/// greater than nothing.
package indirect enum Condition: Hashable, Sendable {
    case equals(String, Value)
    case isIn(String, [Value])
    case greater(String, Int64)
    case answered(String)
    case all([Condition])
    case any([Condition])
    case not(Condition)

    /// - Parameter answer: the answer to a question, or null.
    package func holds(_ answer: (String) -> Value) -> Bool {
        switch self {
        case .equals(let id, let value): Self.matches(answer(id), value)
        case .isIn(let id, let values): values.contains { Self.matches(answer(id), $0) }
        case .greater(let id, let number): answer(id).int64.map { $0 > number } ?? false
        case .answered(let id): !answer(id).isNull
        case .all(let conditions): conditions.allSatisfy { $0.holds(answer) }
        case .any(let conditions): conditions.contains { $0.holds(answer) }
        case .not(let condition): !condition.holds(answer)
        }
    }

    /// Of several choices, one of them is enough.
    private static func matches(_ answer: Value, _ value: Value) -> Bool {
        if case .list(let elements) = answer, let text = value.text { return elements.contains(text) }
        return !answer.isNull && answer == value
    }

    /// The questions it looks at.
    package var questions: [String] {
        switch self {
        case .equals(let id, _), .isIn(let id, _), .greater(let id, _), .answered(let id): [id]
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.questions)
        case .not(let condition): condition.questions
        }
    }
}

/// What is wrong with an answer or with a form: where, why, and what would be right.
package struct SurveyFinding: Hashable, Sendable {
    /// `members/2/id_number`: group, row from 1, question; in a form a place such as `questions/3/type`.
    package let place: String
    package let message: Label
    package let example: Label?

    /// - Parameter choice: an example that reads differently in both languages, in place of `example`.
    package init(_ place: String, _ message: Label, example: String? = nil, choice: Label? = nil) {
        self.place = place
        self.message = message
        self.example = choice ?? example.map { Label(zh: $0, en: $0) }
    }
}
