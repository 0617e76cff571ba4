import Assistance
import RecordStore
import SyncEngine

/// The year's budget of each programme (R5, R10): computed from rolls and decisions, asked for by one, approved by another.
struct BudgetDesk {
    let township: Township

    /// A budget record with where it stands, and what of it is spent.
    struct Entry {
        let record: Linked
        let state: BudgetState
        let spentFen: Int64
    }

    /// What the year is come to by, by township and programme.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``, ``Problem/Code/badValue`` for a year that is none.
    func estimate(_ year: Int) throws -> [BudgetEstimate] {
        try township.database.read { try estimate(year, in: CaseReader(township, in: $0)) }
    }

    private func estimate(_ year: Int, in records: CaseReader) throws -> [BudgetEstimate] {
        guard (2000...2100).contains(year) else {
            throw Problem(.badValue, "\(year)", explanation: Label(zh: "年度写作 2026", en: "A year is 2026"))
        }
        let now = township.clock()
        let spent = try PaymentSums.year(year, in: records)
        let months = Month.all(of: year)
        let frozen = try Set(months.filter { try !FrozenLines.rolls(of: $0, in: records).isEmpty })
        let remaining = months.filter { !frozen.contains($0) && $0 >= Month(of: now.day) }
        var estimates: [PaymentSums.Key: BudgetEstimate] = [:]
        func at(_ key: PaymentSums.Key) -> BudgetEstimate {
            estimates[key]
                ?? BudgetEstimate(
                    township: key.township, programme: key.programme, frozenMonths: frozen.count,
                    remainingMonths: remaining.count)
        }
        for (key, fen) in spent.fen {
            var estimate = at(key)
            estimate.frozenFen = fen
            estimates[key] = estimate
        }
        for file in try records.moneyFiles(at: now) {
            guard let programme = file.programme, programme != .reliefUrgent, programme != .reliefExpense else {
                continue
            }
            let due = try file.stillDue(in: remaining, of: months)
            // Of a year whose rolls are all frozen those count who are due its last month.
            let isPast = remaining.isEmpty && file.lastMonthOfGrace.map { months[11] <= $0 } ?? true
            guard let monthly = try due.last?.fen ?? (isPast ? file.dueFen(for: months[11]) : nil), monthly > 0 else {
                continue
            }
            let township = PaidLine.township(of: file.application.record.scope)
            let key = PaymentSums.Key(township: township, programme: programme)
            var estimate = at(key)
            estimate.monthlyFen += monthly
            estimate.remainingFen += due.reduce(0) { $0 + $1.fen }
            estimate.households += 1
            estimate.persons += file.supported
            estimates[key] = estimate
        }
        return estimates.values.sorted { order($0.township, $0.programme) < order($1.township, $1.programme) }
    }

    private func order(_ township: String, _ programme: Programme) -> String {
        "\(township) \(Programme.allCases.firstIndex(of: programme) ?? 0)"
    }

    /// What is asked for besides what is computed.
    struct Wish {
        var programme: Programme?
        /// 9 digits; needed with an amount where several townships have the programme.
        var township: String?
        /// Instead of the computed amount.
        var amountFen: Int64?
    }

    /// Asks for the computed budget of every programme, or for another amount of one. What was asked for before is
    /// replaced; what was approved stands until the new one is approved.
    /// - Returns: the records that were made.
    /// - Throws: ``Problem`` ``Problem/Code/nothingToChange`` when nothing is due and no amount is named,
    ///   ``Problem/Code/badValue`` for an amount that several townships would get.
    func propose(_ year: Int, _ wish: Wish, act: Desk.Act) throws -> [Entry] {
        try township.write(act) { transaction, act in
            let records = try CaseReader(township, in: transaction.database)
            let book = try book(year, in: records)
            let drafts = try estimates(year, wish, in: records).enumerated().map { index, estimate in
                draft(
                    estimate, year: year, amountFen: wish.amountFen, book: book, act: index == 0 ? act : act.further)
            }
            guard !drafts.isEmpty, try township.desk.act(drafts, act, in: transaction) != nil else {
                throw Problem(
                    .nothingToChange, "\(year)",
                    explanation: Label(zh: "\(year) 年没有发放，也没有应发的", en: "Nothing is paid or due in \(year)"),
                    hint: Label(zh: "可以选定项目，填自定金额并写明理由。", en: "Choose a programme, name an amount and say why."))
            }
            let made = Set(drafts.map(\.record))
            return try entries(year, in: records).filter { made.contains($0.record.record.id) }
        }
    }

    private func estimates(_ year: Int, _ wish: Wish, in records: CaseReader) throws -> [BudgetEstimate] {
        let found = try estimate(year, in: records).filter { estimate in
            (wish.programme == nil || estimate.programme == wish.programme)
                && (wish.township == nil || estimate.township == wish.township)
        }
        guard wish.amountFen != nil, let programme = wish.programme else { return found }
        guard found.count < 2 else {
            throw Problem(
                .badValue, found.map(\.township).joined(separator: ", "),
                explanation: Label(
                    zh: "有几个镇街，请用 --township 写明是哪一个", en: "Several townships have it: say which, --township"))
        }
        let region = wish.township ?? String(township.identity.region.code.prefix(9))
        return found.isEmpty
            ? [BudgetEstimate(township: region, programme: programme, frozenMonths: 0, remainingMonths: 12)] : found
    }

    private func draft(
        _ estimate: BudgetEstimate, year: Int, amountFen: Int64?, book: BudgetBook, act: Desk.Act
    ) -> Draft {
        let replaced = book.latest(estimate.township, estimate.programme)
        let reason = amountFen == nil ? estimate.explanation.zh : act.reason
        return Draft(
            kind: MoneyKinds.budget, record: act.newID(), operation: .create,
            writes: [
                .set("year", .int64(Int64(year))), .set("township", .text(estimate.township)),
                .set("programme", .text(estimate.programme.rawValue)),
                .set("amount_fen", .int64(amountFen ?? estimate.amountFen)),
                .set("frozen_fen", .int64(estimate.frozenFen)),
                .set("frozen_months", .int64(Int64(estimate.frozenMonths))),
                .set("monthly_fen", .int64(estimate.monthlyFen)),
                .set("remaining_months", .int64(Int64(estimate.remainingMonths))),
                .set("households", .int64(Int64(estimate.households))),
                .set("persons", .int64(Int64(estimate.persons))), .set("reason", .text(reason)),
                .set("proposed_by", .text(act.author)), .set("proposed_at", .time(act.now)),
            ] + (replaced.map { [.set("replaces", .text($0.record.id.description))] } ?? []))
    }

    /// Approves what was asked for: another amount is asked for anew, by somebody else than who approves it.
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove`` when the approver asked for it himself, or it was replaced;
    ///   ``Problem/Code/unknownRecord``.
    func approve(_ id: String, act: Desk.Act) throws -> Entry {
        try township.write(act) { transaction, act in
            let records = try CaseReader(township, in: transaction.database)
            guard let id = RecordID(id),
                let budget = try records.record(id, kind: MoneyKinds.budget).flatMap(Linked.init)
            else { throw Problem(.unknownRecord, id) }
            let year = Int(budget.number("year") ?? 0)
            let draft = Draft(
                kind: MoneyKinds.budget, record: id, operation: .edit,
                writes: [
                    .set("approved_fen", budget.value("amount_fen")),
                    .set("approved_by", .text(act.author)), .set("approved_on", .date(act.now.day)),
                    .set("approval", .text(act.reason)),
                ])
            guard try township.desk.act([draft], act, in: transaction) != nil,
                let entry = try entries(year, in: records).first(where: { $0.record.record.id == id })
            else { throw Problem(.nothingToChange) }
            return entry
        }
    }

    /// The records of a year, the older first; of every year when it is `nil`.
    func list(_ year: Int?) throws -> [Entry] {
        try township.database.read { database in
            let records = try CaseReader(township, in: database)
            let years = try records.tables.all(of: MoneyKinds.budget, where: [], in: database)
                .compactMap { $0.value("year", in: MoneyKinds.budget).int64 }
            return try Set(years).sorted().filter { year == nil || Int($0) == year }.flatMap {
                try entries(Int($0), in: records)
            }
        }
    }

    private func entries(_ year: Int, in records: CaseReader) throws -> [Entry] {
        let book = try book(year, in: records)
        let spent = try PaymentSums.year(year, in: records).fen
        return book.records.map { record in
            let programme = record.text("programme").flatMap(Programme.init) ?? .dibao
            let key = PaymentSums.Key(township: record.text("township") ?? "", programme: programme)
            return Entry(record: record, state: book.state(of: record), spentFen: spent[key] ?? 0)
        }
    }

    func book(_ year: Int, in records: CaseReader) throws -> BudgetBook {
        BudgetBook(
            try records.tables.all(
                of: MoneyKinds.budget, where: [("year", .int64(Int64(year)))], in: records.database
            ).compactMap(Linked.init))
    }
}
