package import SyncEngine

/// Answers from a file: the same checks, the same result as typing them.
extension SurveySession {
    /// Takes the answers of a document over what is there. What the document does not say stays as it stands.
    /// - Returns: everything that is wrong with it, and with the visit after it; the session is to be thrown away then.
    /// - Throws: what looking up a person throws.
    package mutating func apply(_ document: JSONValue) throws -> [SurveyFinding] {
        guard case .members(let members) = document else {
            return [
                SurveyFinding(
                    "", Label(zh: "答案要写成一个 JSON 对象：题 → 答案", en: "Answers are one JSON object: question → answer"))
            ]
        }
        var findings: [SurveyFinding] = []
        for member in members where !isKnown(member.key) { findings.append(unknown(member.key)) }
        for item in form.items {
            switch item {
            case .question(let question):
                if let json = document[question.id] { findings += apply(json, to: question, row: nil) }
            case .group(let group):
                guard let json = document[group.id] else { continue }
                guard case .array(let rows) = json else {
                    findings.append(SurveyFinding(group.id, Label(zh: "要写成数组 […]", en: "An array […]")))
                    continue
                }
                for (index, row) in rows.enumerated() { findings += apply(row, number: index + 1, of: group) }
            }
        }
        findings += notAsked(document)
        let refused = Set(findings.map(\.place))
        findings += try self.findings().filter { !refused.contains($0.place) }
        position = Self.end
        return findings
    }

    private func isKnown(_ id: String) -> Bool {
        form.items.contains { item in
            switch item {
            case .question(let question): question.id == id
            case .group(let group): group.id == id
            }
        }
    }

    private func unknown(_ place: String) -> SurveyFinding {
        SurveyFinding(place, Label(zh: "表里没有这道题", en: "The form has no such question"))
    }

    private mutating func apply(_ json: JSONValue, to question: Question, row: RowPlace?) -> [SurveyFinding] {
        let place = Step.question(question, row: row).place
        switch reader(question, place: place).read(json) {
        case .value(let value): put(value, of: question, row: row)
        case .finding(let finding): return [finding]
        }
        return []
    }

    private mutating func apply(_ json: JSONValue, number: Int, of group: Form.Group) -> [SurveyFinding] {
        let given = "\(group.id)/\(number)"
        guard case .members(let members) = json else {
            return [SurveyFinding(given, Label(zh: "要写成对象 {…}", en: "An object {…}"))]
        }
        var findings = members.filter { member in
            member.key != "record" && member.key != "remove" && !group.questions.contains { $0.id == member.key }
        }.map { unknown("\(given)/\($0.key)") }
        guard let row = row(for: json, of: group) else {
            return findings + [
                SurveyFinding(given + "/record", Label(zh: "本户没有这条记录", en: "The household has no such record"))
            ]
        }
        if json["remove"] == .bool(true) {
            let exists = records.rows(of: group).contains { $0.id == record(row) }
            if exists && !group.isRemovable {
                findings.append(
                    SurveyFinding(given + "/remove", Label(zh: "这一组不能删除", en: "Nothing of this group is removed")))
            } else {
                answers.rows[group.id]?[row.index].isRemoved = true
            }
            return findings
        }
        for question in group.questions {
            if let answer = json[question.id] { findings += apply(answer, to: question, row: row) }
        }
        return findings
    }

    /// The row that the document means: by its record, else by the first question of the group's key that it answers,
    /// else a new one.
    /// - Returns: `nil` for a record that is not the household's.
    private mutating func row(for json: JSONValue, of group: Form.Group) -> RowPlace? {
        let rows = answers.rows[group.id] ?? []
        if let text = json["record"]?.text {
            if let index = rows.firstIndex(where: { $0.record.description == text }) {
                return RowPlace(group: group, index: index)
            }
            // A row that an earlier answers file, or the last visit, had and that came to nothing is a new one.
            if json["record"] != .null { return nil }
        }
        for id in group.key {
            guard let wanted = json[id]?.text, let question = group.questions.first(where: { $0.id == id }) else {
                continue
            }
            let known = rows.indices.filter { index in
                effective(question, row: RowPlace(group: group, index: index)).text == wanted
            }
            if known.count == 1 { return RowPlace(group: group, index: known[0]) }
        }
        answers.rows[group.id, default: []].append(Answers.Row(record: newID()))
        return RowPlace(group: group, index: rows.count)
    }

    /// Answers to questions that other answers rule out.
    private func notAsked(_ document: JSONValue) -> [SurveyFinding] {
        let asked = Set(steps.map(\.place))
        let finding = Label(zh: "按前面的回答，这道题不该问", en: "Other answers rule this question out")
        return form.items.flatMap { item -> [SurveyFinding] in
            switch item {
            case .question(let question):
                guard let json = document[question.id], json != .null, !asked.contains(question.id) else { return [] }
                return [SurveyFinding(question.id, finding)]
            case .group(let group):
                let rows = answers.rows[group.id] ?? []
                return rows.indices.filter { !rows[$0].isRemoved }.flatMap { index -> [SurveyFinding] in
                    let place = RowPlace(group: group, index: index)
                    return group.questions.compactMap { question in
                        let step = Step.question(question, row: place).place
                        guard let value = given(question, row: place), !value.isNull, !asked.contains(step) else {
                            return nil
                        }
                        return SurveyFinding(step, finding)
                    }
                }
            }
        }
    }
}
