import CommandSupport
import Markup
import SyncEngine

/// Signing in, and a password of one's own.
enum SignInPages {
    static let routes: [ConsoleRoute] = [
        .get("/password") { _, request in .page(PasswordPage(request: request)) },
        .post("/password", .look, work: { _ in .password }) { console, request in
            let new = request.form["new"] ?? ""
            guard new == request.form["again"] else {
                throw Problem(
                    .badValue, "again", explanation: Label(zh: "两次输入的新密码不一样", en: "The two new passwords differ"))
            }
            try console.people.changePassword(
                of: request.person, from: request.form["old"] ?? "", to: new, session: request.session)
            return .done(Link("today"), .object([("changed", .bool(true))]))
        },
    ]

    static func form(office: String, name: String, next: String?, problem: Problem?) -> HTML {
        Tag.section(.class(.panel, .narrow)) {
            if let problem {
                Tag.div(.class(.problem), .role("alert")) {
                    Tag.p { Tag.strong(text: Failure(problem).message) }
                    Tag.p(text: problem.pageHint)
                }
            }
            Tag.form(.action(Link("login")), .method(.post)) {
                if let next { Tag.input(.type(.hidden), .name("next"), .value(next)) }
                Tag.div(.class(.field)) {
                    Tag.label(.for("name"), text: L("账号", "Name"))
                    Tag.input(
                        .id("name"), .type(.text), .name("name"), .value(name), .autocomplete("username"), .required,
                        .maxlength(People.Rule.nameCharacters), .autofocus)
                }
                Tag.div(.class(.field)) {
                    Tag.label(.for("password"), text: L("密码", "Password"))
                    Tag.input(
                        .id("password"), .type(.password), .name("password"), .autocomplete("current-password"),
                        .required, .maxlength(PasswordRule.mostBytes))
                }
                Tag.div(.class(.buttons)) {
                    Tag.button(.type(.submit), .class(.primary), text: L("登录", "Sign in"))
                }
            }
            Parts.note(L("忘记密码请找管理员重置。", "For a forgotten password ask the administrator."))
        }
    }

}

struct PasswordPage: ConsolePage {
    let request: ConsoleRequest
    let seq: Seq = 0

    var title: String { L("修改密码", "Change the password") }
    var json: JSONValue { .object([("name", .string(request.person.name))]) }

    func body() -> HTML {
        Tag.section(.class(.panel, .narrow)) {
            if request.person.mustChangePassword {
                Parts.note(L("这是管理员发的初始密码，先换成自己的。", "This is a first password: choose one of your own."), .soon)
            }
            Parts.form(Link("password"), request, seen: 0, submit: L("修改", "Change")) {
                password("old", L("原密码", "Old password"), "current-password")
                password("new", L("新密码（至少 10 个字符）", "New password (10 characters at least)"), "new-password")
                password("again", L("再输一次新密码", "New password again"), "new-password")
            }
        }
    }

    private func password(_ name: String, _ label: String, _ autocomplete: String) -> HTML {
        Tag.div(.class(.field)) {
            Tag.label(.for(name), text: label)
            Tag.input(
                .id(name), .type(.password), .name(name), .autocomplete(autocomplete), .required,
                .maxlength(PasswordRule.mostBytes))
        }
    }
}
