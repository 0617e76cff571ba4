import SyncEngine

/// The checks: each answer where it is typed, the whole at the end.
extension SurveySession {
    func missing(_ question: Question, at place: String) -> SurveyFinding {
        SurveyFinding(place, Label(zh: "这一题必须回答", en: "This must be answered"), example: question.example)
    }

    func tooFew(_ group: Form.Group) -> SurveyFinding {
        SurveyFinding(
            group.id,
            Label(zh: "\(group.text.zh)至少 \(group.atLeast) 个", en: "\(group.text.en): at least \(group.atLeast)"))
    }

    /// What looks beyond the answer itself: the other rows, the rule of the row's record, the other households.
    /// - Throws: what looking up a person throws.
    func check(_ value: Value, of question: Question, row: RowPlace?, at place: String) throws -> [SurveyFinding] {
        guard let row, let target = question.target, !value.isNull else { return [] }
        if target.kind.name == "member", target.field.name == "id_number", let number = value.text {
            if let finding = try person(number, row: row, at: place) { return [finding] }
        }
        var fields = fields(of: row)
        fields[target.field.name] = value
        let findings = (target.kind.recordRule?(fields, context) ?? []).filter {
            $0.severity == .error && ($0.field ?? target.field.name) == target.field.name
        }
        if !findings.isEmpty { return findings.map { SurveyFinding(place, $0.message, example: question.example) } }
        return isLastOfKey(question, in: row.group) ? sameThing(fields, row: row, at: place) : []
    }

    /// One person lives in one household.
    private func person(_ number: String, row: RowPlace, at place: String) throws -> SurveyFinding? {
        let twice = members.first { $0.idNumber == number && $0.record != record(row) }
        if let twice {
            return SurveyFinding(
                place, Label(zh: "这个身份证号本户已登记：\(twice.name)", en: "Recorded in this household already: \(twice.name)"))
        }
        // What is recorded twice already is for the township to merge; it does not stop the visit.
        let recorded = records.rows(of: row.group).first { $0.id == record(row) }
        if recorded?.value("id_number", in: row.group.kind) == .text(number) { return nil }
        guard let other = try records.elsewhere(number) else { return nil }
        return SurveyFinding(
            place,
            Label(
                zh: "此人已登记在另一户（\(other)）：一人只能在一户；请先在那一户答“不再共同生活”，或请镇街合并",
                en: "This person is recorded in another household (\(other)): one person, one household; "
                    + "answer there that the person has left, or ask the township to merge"))
    }

    /// The row's values by field of its record.
    func fields(of row: RowPlace) -> [String: Value] {
        var fields: [String: Value] = [:]
        if let record = records.rows(of: row.group).first(where: { $0.id == record(row) }) {
            fields = record.named(in: row.group.kind)
        }
        for question in row.group.questions {
            guard let target = question.target, let given = given(question, row: row) else { continue }
            fields[target.field.name] = given
        }
        return fields.filter { !$0.value.isNull }
    }

    private func keyQuestions(of key: NaturalKey, in group: Form.Group) -> [Question] {
        group.questions.filter { question in question.target.map { key.fields.contains($0.field.name) } ?? false }
    }

    private func isLastOfKey(_ question: Question, in group: Form.Group) -> Bool {
        group.kind.naturalKeys.contains { keyQuestions(of: $0, in: group).last?.id == question.id }
    }

    /// The same thing is recorded once.
    private func sameThing(_ fields: [String: Value], row: RowPlace, at place: String) -> [SurveyFinding] {
        let rows = answers.rows[row.group.id] ?? []
        for key in row.group.kind.naturalKeys where key.required.allSatisfy({ fields[$0] != nil }) {
            for index in rows.indices where index != row.index && !rows[index].isRemoved {
                let other = self.fields(of: RowPlace(group: row.group, index: index))
                guard key.fields.allSatisfy({ fields[$0] == other[$0] }) else { continue }
                return [
                    SurveyFinding(
                        place,
                        Label(
                            zh: "与第 \(index + 1) 条\(row.group.text.zh)是同一项；请回去修改那一条",
                            en: "The same as number \(index + 1); go back and change that one"))
                ]
            }
        }
        return []
    }

    /// Everything that keeps the visit from being finished, in the form's order.
    /// - Throws: what looking up a person throws.
    package func findings() throws -> [SurveyFinding] {
        var findings: [SurveyFinding] = []
        for step in steps {
            guard case .question(let question, let row) = step else { continue }
            let value = effective(question, row: row)
            if value.isNull {
                if question.isRequired { findings.append(missing(question, at: step.place)) }
            } else {
                findings += try check(value, of: question, row: row, at: step.place)
            }
        }
        for case .group(let group) in form.items
        where (answers.rows[group.id] ?? []).count(where: { !$0.isRemoved }) < group.atLeast {
            findings.append(tooFew(group))
        }
        return findings
    }
}
