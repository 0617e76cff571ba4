import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct UserCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "user", abstract: L("办公网页的账号：谁能登录、什么岗位", "Accounts of the console: who may sign in, as what"),
            subcommands: [
                UserAddCommand.self, UserListCommand.self, UserRoleCommand.self, UserResetCommand.self,
                UserDisableCommand.self, UserEnableCommand.self,
            ])
    }
}

/// A password comes from standard input or is made here: on a command line everybody on the machine could read it.
struct PasswordOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            L(
                "从标准输入读密码（一行）；不写则生成一个初始密码",
                "Read the password (one line) from standard input; without it a first one is made")))
    var passwordStdin = false

    init() {}

    /// Characters that are read, at most.
    private static let limit = 1_024

    func password() throws -> String? {
        guard passwordStdin else { return nil }
        guard let line = readLine(strippingNewline: true), !line.isEmpty, line.count <= Self.limit else {
            throw Problem(.weakPassword)
        }
        return line
    }
}

struct UserAddCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "add", abstract: L("新建一个账号", "Make an account"),
            discussion: L(
                "不给密码时生成一个初始密码，只显示这一次，本人首次登录须修改。",
                "Without a password a first one is made; it is shown once, and has to be changed at the first signing in."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var secret: PasswordOptions
    @Argument(help: ArgumentHelp(L("账号", "The account's name"))) var name: String
    @Option(
        help: ArgumentHelp(
            L(
                "岗位：clerk 经办、reviewer 审核、leader 负责人、district 区级监督、auditor 审计",
                "Role: clerk, reviewer, leader, district, auditor"))) var role: String
    @Option(help: ArgumentHelp(L("姓名", "The person's name"))) var fullName = ""

    func run() throws {
        let people = People(township: try options.township())
        let (account, password) = try people.add(
            name: name, fullName: fullName, role: try Role(parsing: role), password: try secret.password())
        let made = account.mustChangePassword ? [("password", JSONValue.string(password))] : []
        options.output.write(
            account.document.adding(made),
            text: L("已建账号 \(account.name)。", "Made the account \(account.name).")
                + (account.mustChangePassword
                    ? "\n" + L("初始密码：\(password)（只显示这一次）", "First password: \(password) (shown once)") : ""))
    }
}

struct UserListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: L("列出账号", "List the accounts"))
    }

    @OptionGroup var options: TownshipOptions

    func run() throws {
        let township = try options.township()
        let (accounts, changed) = try township.database.read { database in
            let register = township.accounts(in: database)
            let accounts = try register.accounts()
            return (accounts, Set(accounts.filter { !register.isAttested($0) }.map(\.name)))
        }
        var table = TextTable([
            L("账号", "Account"), L("姓名", "Name"), L("岗位", "Role"), L("最近登录", "Last sign-in"), L("状态", "State"),
        ])
        for account in accounts {
            table.add([
                account.name, account.fullName, Role(rawValue: account.role)?.label.text() ?? account.role,
                account.lastSignIn.map(PlainText.of) ?? "-",
                changed.contains(account.name) ? L("登记被改动", "row was changed") : account.state,
            ])
        }
        options.output.write(
            .object([("accounts", .array(accounts.map(\.document)))]),
            text: accounts.isEmpty
                ? L("还没有账号：ruhu-server user add", "No accounts yet: ruhu-server user add") : table.text)
    }
}

struct UserRoleCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "role", abstract: L("调整岗位；已登录的须重新登录", "Change the role; who is signed in signs in anew"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("账号", "The account's name"))) var name: String
    @Argument(help: ArgumentHelp(L("岗位", "The role"))) var role: String

    func run() throws {
        let role = try Role(parsing: role)
        let account = try People(township: try options.township()).change(name) { $0.role = role.rawValue }
        options.output.write(account.document, text: "\(account.name)  \(role.label.text())")
    }
}

struct UserResetCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "reset", abstract: L("重置密码并解锁", "Give out a new first password, and unlock"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var secret: PasswordOptions
    @Argument(help: ArgumentHelp(L("账号", "The account's name"))) var name: String

    func run() throws {
        let given = try secret.password()
        let password = try People(township: try options.township()).reset(name, password: given)
        let made = given == nil ? [("password", JSONValue.string(password))] : []
        options.output.write(
            JSONValue.object([("name", .string(name))]).adding(made),
            text: given == nil
                ? L("初始密码：\(password)（只显示这一次）", "First password: \(password) (shown once)")
                : L("已重置 \(name) 的密码。", "The password of \(name) is reset."))
    }
}

struct UserDisableCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "disable",
            abstract: L("停用账号，立即退出；账号名不再给别人用", "Disable an account at once; its name is not given to another"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("账号", "The account's name"))) var name: String

    func run() throws {
        let township = try options.township()
        let account = try People(township: township).change(name) { $0.disabledAt = $0.disabledAt ?? township.clock() }
        options.output.write(account.document, text: L("已停用 \(account.name)。", "Disabled \(account.name)."))
    }
}

struct UserEnableCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "enable", abstract: L("恢复停用的账号", "Enable a disabled account"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("账号", "The account's name"))) var name: String

    func run() throws {
        let account = try People(township: try options.township()).change(name) { $0.disabledAt = nil }
        options.output.write(account.document, text: L("已恢复 \(account.name)。", "Enabled \(account.name)."))
    }
}

extension Account {
    fileprivate var state: String {
        disabledAt == nil ? L("在用", "active") : L("已停用", "disabled")
    }

    /// `name`, `fullName`, `role`, `disabled`, `mustChangePassword`, `lastSignIn`.
    fileprivate var document: JSONValue {
        .object([
            ("name", .string(name)), ("fullName", .string(fullName)), ("role", .string(role)),
            ("disabled", .bool(disabledAt != nil)), ("mustChangePassword", .bool(mustChangePassword)),
            ("lastSignIn", lastSignIn.map { .string($0.description) } ?? .null),
        ])
    }
}
