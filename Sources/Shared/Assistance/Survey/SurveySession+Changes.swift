package import SyncEngine

/// What finishing comes to: one change set.
extension SurveySession {
    /// What is attached to the visit.
    package struct Files: Sendable {
        package var photos: [Hash256]
        package var signatures: [Hash256]

        package init(photos: [Hash256] = [], signatures: [Hash256] = []) {
            self.photos = photos
            self.signatures = signatures
        }
    }

    /// All that was answered or stands, of the questions that are asked: what the visit keeps.
    package var complete: Answers {
        var complete = Answers()
        for case .group(let group) in form.items {
            complete.rows[group.id] = (answers.rows[group.id] ?? []).map { row in
                var kept = Answers.Row(record: row.record)
                kept.isRemoved = row.isRemoved
                return kept
            }
        }
        for case .question(let question, let row) in steps {
            let value = effective(question, row: row)
            guard !value.isNull else { continue }
            if let row {
                complete.rows[row.group.id]?[row.index].values[question.id] = value
            } else {
                complete.values[question.id] = value
            }
        }
        return complete
    }

    /// The drafts of the visit, the household, and what is below it: the visit first. A draft that changes nothing is
    /// left out when the set is made.
    /// - Parameters:
    ///   - schema: the kinds.
    ///   - visit: the visit's id.
    ///   - startedAt: when it began: the time of the visit, when it was on that day.
    package func drafts(schema: Schema, visit: RecordID, startedAt: Instant, files: Files) -> [Draft] {
        guard let visitKind = schema.kind("visit"), let householdKind = schema.kind("household") else { return [] }
        let household = records.household.id
        var visitWrites: [FieldWrite] = [.set("household", .text(household.description))]
        var householdWrites: [FieldWrite] = []
        var rowWrites: [RecordID: [FieldWrite]] = [:]
        for case .question(let question, let row) in steps {
            guard let target = question.target else { continue }
            if let row, let record = record(row) {
                rowWrites[record, default: []].append(.set(target.field.name, effective(question, row: row)))
            } else if target.kind.name == "visit" {
                let value = Self.moment(effective(question, row: nil), field: target.field, startedAt: startedAt)
                visitWrites.append(.set(target.field.name, value))
                if target.field.name == "when", case .time(let time) = value {
                    householdWrites.append(.set("surveyed_on", .date(time.day)))
                }
            } else {
                householdWrites.append(.set(target.field.name, effective(question, row: nil)))
            }
        }
        visitWrites.append(.set("form", .text("\(form.name) \(form.version)")))
        visitWrites.append(.set("answers", .text(complete.json(of: form).compact)))
        visitWrites.append(.set("photos", .list(files.photos.map(\.description))))
        visitWrites.append(.set("signatures", .list(files.signatures.map(\.description))))
        let drafts = [Draft(kind: visitKind, record: visit, operation: .create, writes: visitWrites)]
        let edited = [Draft(kind: householdKind, record: household, operation: .edit, writes: householdWrites)]
        return drafts + edited + rowDrafts(rowWrites)
    }

    private func rowDrafts(_ writes: [RecordID: [FieldWrite]]) -> [Draft] {
        form.items.flatMap { item -> [Draft] in
            guard case .group(let group) = item else { return [] }
            let existing = Set(records.rows(of: group).map(\.id))
            return (answers.rows[group.id] ?? []).compactMap { row in
                let exists = existing.contains(row.record)
                if row.isRemoved {
                    return exists ? Draft(kind: group.kind, record: row.record, operation: .delete) : nil
                }
                let fields = writes[row.record] ?? []
                if exists { return Draft(kind: group.kind, record: row.record, operation: .edit, writes: fields) }
                let parent = FieldWrite.set("household", .text(records.household.id.description))
                return Draft(kind: group.kind, record: row.record, operation: .create, writes: [parent] + fields)
            }
        }
    }

    /// A day as a time: that of the visit's beginning on its own day, else midnight.
    private static func moment(_ value: Value, field: FieldSchema, startedAt: Instant) -> Value {
        guard field.type == .time, case .date(let day) = value else { return value }
        if startedAt.day == day { return .time(startedAt) }
        return Instant(day.description).map(Value.time) ?? .null
    }
}
