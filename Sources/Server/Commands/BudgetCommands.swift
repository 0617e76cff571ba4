import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct BudgetCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "budget", abstract: L("年度预算：测算、申报、批准、执行", "The year's budget: computed, approved, spent"),
            subcommands: [BudgetProposeCommand.self, BudgetApproveCommand.self, BudgetListCommand.self])
    }
}

struct BudgetProposeCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "propose",
            abstract: L("按名册测算各项目全年预算并申报", "Ask for the year's budget of each programme, computed from the roll"),
            discussion: L(
                """
                测算：已冻结月份的金额 + 其余月份按现行决定应发的（暂缓的、年内以后起发的也算）；临时救助按已冻结月份的平均。
                再次申报会替代上一次；已批准的在新的批准之前继续有效。
                自定金额：--programme dibao --amount 1200000 --reason 提标
                """,
                """
                Computed: the months frozen so far + what the other months are due by the decisions that stand, held or to
                begin later in the year too; relief by the mean of the frozen months. Asking again replaces what was asked for; what was approved holds until the new one is.
                Another amount: --programme dibao --amount 1200000 --reason "a higher standard"
                """))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("年度，如 2027", "The year, e.g. 2027"))) var year: String
    @Option(help: ArgumentHelp(L("只报一个项目", "One programme only"))) var programme: String?
    @Option(help: ArgumentHelp(L("只报一个镇街（9 位代码）", "One township only (9 digits)"))) var township: String?
    @Option(help: ArgumentHelp(L("自定金额（元），须写 --programme", "Another amount in yuan, with --programme"))) var amount:
        String?
    @Option(help: ArgumentHelp(L("自定金额的理由", "Why another amount"))) var reason: String?

    func run() throws {
        let programme = try programme.map(Programme.init(parsing:))
        let fen = try amount.map { try MoneyArgument.fen($0) }
        guard fen == nil || (programme != nil && MoneyArgument.isSaid(reason)) else {
            throw Problem(
                .badValue, "--amount",
                explanation: Label(
                    zh: "自定金额须写明项目和理由：--programme、--reason", en: "Another amount needs --programme and --reason"))
        }
        let township = try options.township()
        let act = desk.act(reason: reason ?? "", intent: .record, now: township.clock())
        let wish = BudgetDesk.Wish(programme: programme, township: self.township, amountFen: fen)
        let made = try BudgetDesk(township: township).propose(try MoneyArgument.year(year), wish, act: act)
        options.output.write(BudgetDesk.document(made), text: BudgetDesk.text(made, isExplained: true))
    }
}

struct BudgetApproveCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "approve",
            abstract: L("登记批准的预算；申报人不能批准", "Record the approved budget; who asked for it does not approve it"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("预算编号", "The budget's id"))) var id: String
    @Option(help: ArgumentHelp(L("批准依据，如文号", "What it rests on, such as a document's number"))) var reason: String

    func run() throws {
        let township = try options.township()
        let act = desk.act(
            reason: try MoneyArgument.said(reason, "--reason"), intent: .record, now: township.clock())
        let entry = try BudgetDesk(township: township).approve(id, act: act)
        options.output.write(entry.document, text: BudgetDesk.text([entry], isExplained: false))
    }
}

struct BudgetListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list", abstract: L("预算和执行情况", "Budgets, and what of them is spent"))
    }

    @OptionGroup var options: TownshipOptions
    @Option(help: ArgumentHelp(L("只看某年", "One year only"))) var year: String?

    func run() throws {
        let entries = try BudgetDesk(township: try options.township()).list(try year.map(MoneyArgument.year))
        options.output.write(BudgetDesk.document(entries), text: BudgetDesk.text(entries, isExplained: false))
    }
}

/// What the commands about money read from their arguments.
enum MoneyArgument {
    /// How an amount is written.
    static let shape = Label(zh: "金额要写成 500.00 这样的元数", en: "Write an amount in yuan, like 500.00")

    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    static func fen(_ text: String) throws -> Int64 {
        guard let fen = Yuan.fen(text) else {
            throw Problem(.badValue, text, explanation: shape)
        }
        return fen
    }

    static func year(_ text: String) throws -> Int {
        guard text.utf8.count == 4, let year = Int(text), (2000...2100).contains(year) else {
            throw Problem(.badValue, text, explanation: Label(zh: "年度写作 2027", en: "A year is 2027"))
        }
        return year
    }

    static func isSaid(_ text: String?) -> Bool { text?.contains { !$0.isWhitespace } ?? false }

    static func said(_ text: String, _ option: String) throws -> String {
        guard isSaid(text) else {
            throw Problem(.badValue, option, explanation: Label(zh: "不能空着", en: "It is not empty"))
        }
        return text
    }
}

extension BudgetDesk {
    /// `budgets` [{`id`, `year`, `township`, `programme`, `state`, `amountFen`, `approvedFen`, `spentFen`, `leftFen`, …}],
    /// `count`.
    static func document(_ entries: [Entry]) -> JSONValue {
        .object([
            ("budgets", .array(entries.map(\.document))), ("count", .int(Int64(entries.count))),
        ])
    }

    static func text(_ entries: [Entry], isExplained: Bool) -> String {
        guard !entries.isEmpty else { return L("没有预算", "No budgets") }
        var table = TextTable([
            L("编号", "Id"), L("年度", "Year"), L("镇街", "Township"), L("项目", "Programme"), L("状态", "State"),
            L("申报", "Asked for"), L("批准", "Approved"), L("已支出", "Spent"), L("余额", "Left"),
        ])
        for entry in entries {
            let record = entry.record
            table.add([
                record.record.id.description, "\(record.number("year") ?? 0)", record.text("township") ?? "",
                record.text("programme").flatMap(Programme.init)?.label.text() ?? "", entry.state.label.text(),
                Yuan.text(record.number("amount_fen") ?? 0), record.number("approved_fen").map { Yuan.text($0) } ?? "-",
                Yuan.text(entry.spentFen), entry.leftFen.map { Yuan.text($0) } ?? "-",
            ])
        }
        let reasons = isExplained ? entries.compactMap { $0.record.text("reason") } : []
        return ([table.text] + reasons).joined(separator: "\n")
    }
}

extension BudgetDesk.Entry {
    /// Of what was approved; `nil` while nothing is.
    var leftFen: Int64? { record.number("approved_fen").map { $0 - spentFen } }

    var document: JSONValue {
        func value(_ key: String, _ field: String) -> (String, JSONValue) { (key, JSONValue(record.value(field))) }
        return .object([
            ("id", .string(record.record.id.description)), value("year", "year"), value("township", "township"),
            value("programme", "programme"), ("state", .string(state.rawValue)), value("amountFen", "amount_fen"),
            value("frozenFen", "frozen_fen"), value("frozenMonths", "frozen_months"),
            value("monthlyFen", "monthly_fen"), value("remainingMonths", "remaining_months"),
            value("households", "households"), value("persons", "persons"), value("reason", "reason"),
            value("replaces", "replaces"), value("proposedBy", "proposed_by"), value("proposedAt", "proposed_at"),
            value("approvedFen", "approved_fen"), value("approvedBy", "approved_by"),
            value("approvedOn", "approved_on"), value("approval", "approval"), ("spentFen", .int(spentFen)),
            ("leftFen", leftFen.map(JSONValue.int) ?? .null),
        ])
    }
}
