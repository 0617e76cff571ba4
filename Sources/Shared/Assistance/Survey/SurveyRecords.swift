package import SyncEngine

/// What the records say of the household that is visited.
package struct SurveyRecords {
    package let household: Record
    private let rows: [String: [Record]]
    private let lastAnswers: Answers
    /// The other household in which a person with this identity number lives, as people call it.
    let elsewhere: (String) throws -> String?

    /// - Parameters:
    ///   - rows: the live records of each kind below the household, oldest first.
    ///   - lastAnswers: of the last visit.
    package init(
        household: Record, rows: [String: [Record]], lastAnswers: Answers,
        elsewhere: @escaping (String) throws -> String?
    ) {
        self.household = household
        self.rows = rows
        self.lastAnswers = lastAnswers
        self.elsewhere = elsewhere
    }

    package func rows(of group: Form.Group) -> [Record] { rows[group.kind.name] ?? [] }

    func standing(_ question: Question, group: Form.Group?, record id: RecordID?, today: CalendarDay) -> Value {
        let record = group.map { group in rows(of: group).first { $0.id == id } } ?? household
        let kind = group?.kind ?? question.target?.kind
        if let target = question.target, target.kind.name != "visit" {
            if let record {
                let value = record.value(target.field.name, in: target.kind)
                if !value.isNull { return value }
            }
        } else if !question.isFresh, let last = lastAnswer(question, group: group, record: id), !last.isNull {
            return last
        }
        switch question.initial {
        case .value(let value): return question.type == .choices ? .list(value.text.map { [$0] } ?? []) : value
        case .today: return .date(today)
        case .isSet(let field):
            guard let kind, let record, record.kind == kind.name else { return .bool(false) }
            return .bool(!record.value(field, in: kind).isNull)
        case nil: return .null
        }
    }

    private func lastAnswer(_ question: Question, group: Form.Group?, record: RecordID?) -> Value? {
        guard let group else { return lastAnswers.values[question.id] }
        return lastAnswers.rows[group.id]?.first { $0.record == record }?.values[question.id]
    }
}
