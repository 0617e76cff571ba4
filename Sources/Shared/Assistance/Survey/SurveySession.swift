package import SyncEngine

/// A visit under way: which question comes next, what stands as its default, what is wrong with an answer. Pure: what it
/// knows of the records is given to it, and what it comes to is a value (``answers``, ``position``) that is saved after
/// every answer, and at the end the drafts of one change set.
package struct SurveySession {
    package let form: Form
    package let records: SurveyRecords
    package let context: RuleContext
    package internal(set) var answers: Answers
    /// The place of the current step; ``end`` behind the last one.
    package internal(set) var position: String
    package let newID: () -> RecordID

    package static let end = "end"

    /// One thing to ask.
    package enum Step: Sendable {
        case question(Question, row: RowPlace?)
        /// Whether the group has one more.
        case more(Form.Group)

        package var place: String {
            switch self {
            case .question(let question, nil): question.id
            case .question(let question, let row?): "\(row.group.id)/\(row.index + 1)/\(question.id)"
            case .more(let group): group.id + "/+"
            }
        }
    }

    /// A row of a group; removed rows keep their index.
    package struct RowPlace: Sendable {
        package let group: Form.Group
        package let index: Int
    }

    /// - Parameters:
    ///   - answers: of a visit that was begun. Every record that exists has a row, also one that came in meanwhile.
    ///   - newID: of a row that finishing will create.
    package init(
        form: Form, records: SurveyRecords, context: RuleContext, answers: Answers? = nil, position: String = "",
        newID: @escaping () -> RecordID
    ) {
        self.form = form
        self.records = records
        self.context = context
        self.newID = newID
        self.answers = answers ?? Answers()
        self.position = position
        for case .group(let group) in form.items {
            let known = Set((self.answers.rows[group.id] ?? []).map(\.record))
            let new = records.rows(of: group).filter { !known.contains($0.id) }
            self.answers.rows[group.id, default: []] += new.map { Answers.Row(record: $0.id) }
        }
        if current == nil, position != Self.end { self.position = firstOpen?.place ?? Self.end }
    }

    // MARK: - Where it stands

    /// Everything that is asked as the answers stand, in order.
    package var steps: [Step] {
        form.items.flatMap { item -> [Step] in
            switch item {
            case .question(let question): isAsked(question, row: nil) ? [.question(question, row: nil)] : []
            case .group(let group): steps(of: group)
            }
        }
    }

    private func steps(of group: Form.Group) -> [Step] {
        let rows = answers.rows[group.id] ?? []
        let asked = rows.indices.filter { !rows[$0].isRemoved }.flatMap { index -> [Step] in
            let place = RowPlace(group: group, index: index)
            return group.questions.filter { isAsked($0, row: place) }.map { .question($0, row: place) }
        }
        return asked + (rows.count < group.atMost ? [.more(group)] : [])
    }

    private func isAsked(_ question: Question, row: RowPlace?) -> Bool {
        guard let when = question.when else { return true }
        return when.holds { id in
            guard let (asked, group) = form.question(id) else { return .null }
            if group == nil { return effective(asked, row: nil) }
            return group?.id == row?.group.id ? effective(asked, row: row) : .null
        }
    }

    /// `nil` behind the last one.
    package var current: Step? { steps.first { $0.place == position } }

    /// The number of the current step, from 1, and of all that are asked as the answers stand.
    package var progress: (step: Int, of: Int) {
        let steps = steps
        let index = steps.firstIndex { $0.place == position } ?? steps.count
        return (min(index + 1, steps.count), steps.count)
    }

    private var firstOpen: Step? {
        steps.first { step in
            guard case .question(let question, let row) = step else { return false }
            return given(question, row: row) == nil
        }
    }

    // MARK: - What is known

    /// What was answered here; `nil` while it was not.
    package func given(_ question: Question, row: RowPlace?) -> Value? {
        guard let row else { return answers.values[question.id] }
        return answers.rows[row.group.id]?[row.index].values[question.id]
    }

    /// What stands if nothing is typed: the record's own value, else the last visit's answer, else the form's.
    package func standing(_ question: Question, row: RowPlace?) -> Value {
        records.standing(question, group: row?.group, record: row.flatMap(record), today: context.today)
    }

    /// The answer, or what stands without one.
    package func effective(_ question: Question, row: RowPlace?) -> Value {
        given(question, row: row) ?? standing(question, row: row)
    }

    package func record(_ row: RowPlace) -> RecordID? { answers.rows[row.group.id]?[row.index].record }

    /// The people of the first group of members, in their order.
    package var members: [(record: RecordID, name: String, idNumber: String)] {
        for case .group(let group) in form.items where group.kind.name == "member" {
            let rows = answers.rows[group.id] ?? []
            return rows.indices.filter { !rows[$0].isRemoved }.map { index in
                let row = RowPlace(group: group, index: index)
                func text(_ field: String) -> String {
                    let question = group.questions.first { $0.target?.field.name == field }
                    return question.flatMap { effective($0, row: row).text } ?? ""
                }
                return (rows[index].record, text("name"), text("id_number"))
            }
        }
        return []
    }

    package func name(of member: RecordID) -> String? { members.first { $0.record == member }?.name }

    // MARK: - Answering

    /// What a person typed at the current step: nothing keeps what stands, `-` clears, at the first question of a row
    /// it takes the row away.
    /// - Returns: why it was refused; empty when it was taken and the next step is current.
    /// - Throws: what looking up a person throws.
    package mutating func answer(_ typed: String) throws -> [SurveyFinding] {
        guard let step = current else { return [] }
        let text = typed.trimmingSpace
        switch step {
        case .more(let group): return more(text, group, at: step)
        case .question(let question, let row):
            if text == "-", let row, row.group.questions.first?.id == question.id {
                if let finding = remove(row, at: step) { return [finding] }
                return []
            }
            let value: Value
            if text.isEmpty || text == "-" {
                value = text.isEmpty ? effective(question, row: row) : .null
                if value.isNull, question.isRequired { return [missing(question, at: step.place)] }
            } else {
                switch reader(question, place: step.place).read(text) {
                case .value(let read): value = read
                case .finding(let finding): return [finding]
                }
            }
            let findings = try check(value, of: question, row: row, at: step.place)
            guard findings.isEmpty else { return findings }
            put(value, of: question, row: row)
            advance(from: step)
            return []
        }
    }

    private mutating func more(_ text: String, _ group: Form.Group, at step: Step) -> [SurveyFinding] {
        let live = (answers.rows[group.id] ?? []).count { !$0.isRemoved }
        switch text.lowercased() {
        case "y", "yes", "1", "是", "有", "+": add(rowTo: group)
        case "" where live < group.atLeast: add(rowTo: group)
        case "n", "no", "0", "2", "否", "无", "没有", "", "-":
            if live < group.atLeast { return [tooFew(group)] }
            advance(from: step)
        default:
            return [SurveyFinding(step.place, Label(zh: "答 y（还有）或 n（没有了）", en: "Answer y (one more) or n (no more)"))]
        }
        return []
    }

    private mutating func add(rowTo group: Form.Group) {
        answers.rows[group.id, default: []].append(Answers.Row(record: newID()))
        let row = RowPlace(group: group, index: (answers.rows[group.id] ?? []).count - 1)
        position = group.questions.first.map { Step.question($0, row: row).place } ?? Self.end
    }

    private mutating func remove(_ row: RowPlace, at step: Step) -> SurveyFinding? {
        guard let record = record(row) else { return nil }
        let exists = records.rows(of: row.group).contains { $0.id == record }
        guard !exists || row.group.isRemovable else {
            return SurveyFinding(
                step.place,
                Label(
                    zh: "已登记的\(row.group.text.zh)不在这里删除；不再共同生活的，在后面的题里答否",
                    en: "What is recorded is not removed here; answer no where it is asked whether it still holds"))
        }
        let after = steps.drop { $0.place != step.place }.first { later in
            guard case .question(_, let other?) = later else { return true }
            return other.group.id != row.group.id || other.index != row.index
        }
        answers.rows[row.group.id]?[row.index].isRemoved = true
        position = after?.place ?? Self.end
        return nil
    }

    mutating func put(_ value: Value, of question: Question, row: RowPlace?) {
        if let row {
            answers.rows[row.group.id]?[row.index].values[question.id] = value.normalised
        } else {
            answers.values[question.id] = value.normalised
        }
    }

    private mutating func advance(from step: Step) {
        let steps = steps
        guard let index = steps.firstIndex(where: { $0.place == step.place }), steps.indices.contains(index + 1) else {
            position = Self.end
            return
        }
        position = steps[index + 1].place
    }

    func reader(_ question: Question, place: String) -> AnswerReader {
        AnswerReader(
            question: question, place: place, context: context, members: question.type == .member ? members : [])
    }

    // MARK: - Moving

    /// To the step before; nothing is forgotten.
    package mutating func back() {
        let steps = steps
        let index = steps.firstIndex { $0.place == position } ?? steps.count
        if index > 0 { position = steps[index - 1].place }
    }

    /// To the first question that was never answered, else behind the last one: back to the summary after a correction.
    package mutating func goOn() { position = firstOpen?.place ?? Self.end }

    /// To a place, to the first question about a member whose name has `text` in it, or to the next step whose id, text
    /// in either language or pinyin initials have it, from here on and around.
    /// - Returns: whether there is one.
    package mutating func jump(to text: String) -> Bool {
        let wanted = text.trimmingSpace.lowercased()
        let steps = steps
        guard !wanted.isEmpty, !steps.isEmpty else { return false }
        if let exact = steps.first(where: { $0.place == wanted }) {
            position = exact.place
            return true
        }
        if let person = members.first(where: { $0.name.lowercased().contains(wanted) }),
            let first = steps.first(where: { isAbout(person.record, $0) })
        {
            position = first.place
            return true
        }
        let here = steps.firstIndex { $0.place == position } ?? steps.count - 1
        let found = (steps[(here + 1)...] + steps[...here]).first { Self.names($0, wanted) }
        if let found { position = found.place }
        return found != nil
    }

    private func isAbout(_ record: RecordID, _ step: Step) -> Bool {
        guard case .question(_, let row?) = step else { return false }
        return self.record(row) == record
    }

    private static func names(_ step: Step, _ wanted: String) -> Bool {
        let (id, text): (String, Label)
        switch step {
        case .question(let question, _): (id, text) = (question.id, question.text)
        case .more(let group): (id, text) = (group.id, group.text)
        }
        return id.contains(wanted) || text.zh.contains(wanted) || text.en.lowercased().contains(wanted)
            || Pinyin.initials(of: text.zh).contains { $0.contains(wanted) }
    }
}
