import SyncEngine

/// Accounts, signing in, and who may do what.
extension ProblemTexts {
    static let unknownAccount = ProblemTexts(
        "unknown-account", zh: "没有这个账号", en: "There is no such account",
        hintZh: "ruhu-server user list 可看有哪些账号。", hintEn: "ruhu-server user list shows the accounts.")
    static let accountExists = ProblemTexts(
        "account-exists", zh: "这个账号已经有了", en: "There is such an account already",
        hintZh: "换一个账号名；忘记密码用 ruhu-server user reset。",
        hintEn: "Take another name; for a forgotten password: ruhu-server user reset.")
    static let weakPassword = ProblemTexts(
        "weak-password", zh: "密码太短或太容易猜到", en: "The password is too short or easily guessed",
        hintZh: "至少 10 个字符，不要用账号名、姓名、单位名或一串相同的字符。",
        hintEn:
            "At least 10 characters, and not the account's name, a person's or the office's, nor one character repeated."
    )
    static let samePerson = ProblemTexts(
        "same-person", zh: "经办和审批不能是同一个人", en: "Maker and checker are not the same person",
        hintZh: "请另一位有权限的同事审批。", hintEn: "Ask a colleague who may to check it.")
    static let changedMeanwhile = ProblemTexts(
        "changed-meanwhile", zh: "您打开页面之后，别人已经改动过", en: "Somebody has changed this since you opened the page",
        hintZh: "请看清变化后再决定；您填写的内容还在。", hintEn: "Look at what has changed, then decide; what you typed is kept.")

    static let wrongPassword = ProblemTexts(
        "wrong-password", zh: "账号或密码不对", en: "The name or the password is wrong",
        hintZh: "请再试一次；忘记密码请管理员重置：ruhu-server user reset。",
        hintEn: "Try again; for a forgotten password ask the administrator: ruhu-server user reset.")
    static let accountLocked = ProblemTexts(
        "account-locked", zh: "密码错误次数过多，账号暂时锁定", en: "Too many wrong passwords: the account is locked for a while",
        hintZh: "请过一会儿再试，或请管理员重置密码。", hintEn: "Wait a while, or ask the administrator to reset the password.")
    static let notSignedIn = ProblemTexts(
        "not-signed-in", zh: "还没有登录，或登录已过期", en: "Not signed in, or no longer",
        hintZh: "请登录后再试。", hintEn: "Sign in and try again.")
    static let notPermitted = ProblemTexts(
        "not-permitted", zh: "您的岗位不能办理这一项", en: "Your role may not do this",
        hintZh: "请有权限的同事办理；需要调整岗位请找管理员。",
        hintEn: "Ask a colleague who may; the administrator can change a role.")
    static let forgedForm = ProblemTexts(
        "forged-form", zh: "这个表单不是从本系统页面提交的，或已过期",
        en: "This form does not come from a page of this system, or is too old",
        hintZh: "请重新打开页面再提交。", hintEn: "Open the page again, then submit.")
    static let passwordChangeNeeded = ProblemTexts(
        "password-change-needed", zh: "初始密码须先修改", en: "The first password has to be changed first",
        hintZh: "请在“修改密码”页设定自己的密码。", hintEn: "Choose a password of your own on the password page.")
}
