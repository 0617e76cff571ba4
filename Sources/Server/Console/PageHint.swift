import CommandSupport
import SyncEngine

extension Problem {
    /// What to do next, for somebody at a page: no command, no option, no file of the documentation.
    var pageHint: String {
        if let said = hint?.text(), !Self.namesCommand(said) { return said }
        if let own = Self.pageHints[code] { return own.text() }
        let usual = Failure(self).hint
        guard Self.namesCommand(usual) else { return usual }
        return L("请改正后再试；仍不行请找技术人员。", "Correct it and try again; else call an engineer.")
    }

    private static func namesCommand(_ text: String) -> Bool { ["ruhu", "--", "docs/"].contains(where: text.contains) }

    private static let pageHints: [Code: Label] = [
        .badValue: Label(zh: "请改正标出的一项，再提交一次。", en: "Correct the field that is marked, then send it again."),
        .reasonNeeded: Label(zh: "请写明理由，再提交一次。", en: "Say why, then send it again."),
        .nothingToChange: Label(zh: "请先填写要改的内容。", en: "Fill in what is to change first."),
        .unknownRecord: Label(
            zh: "请从列表或查找框重新打开；它可能属于别处，或还没有上传。",
            en: "Open it again from a list or the search box; it may be elsewhere, or not have arrived yet."),
        .unknownConflict: Label(zh: "请从冲突列表重新打开。", en: "Open it again from the list of conflicts."),
        .conflictClosed: Label(
            zh: "请先看清已有的决定；要改变它，先撤销。", en: "Look at the decision first; to change it, take it back."),
        .recordExists: Label(zh: "它已经登记过了；请打开已有的那一条修改。", en: "It is on record already: open it and change it there."),
        .sameThingExists: Label(zh: "请打开已有的那一条修改。", en: "Open the one that exists and change it there."),
        .refusedMove: Label(
            zh: "按所列补齐后再办；“下一步”里写着每一步还缺什么。", en: "Complete what is listed; the next steps say what each still needs."),
        .immutableField: Label(zh: "写错了请另加一条备注说明。", en: "Say what was wrong in a note."),
        .appendOnly: Label(zh: "写错了请另加一条备注说明。", en: "Say what was wrong in a note."),
        .badMapping: Label(
            zh: "请对照导入页上的写法示例改正映射。", en: "Correct the mapping by the example on the import page."),
        .badDocument: Label(zh: "请改正所列之处，再提交一次。", en: "Correct what is named, then send it again."),
        .wrongPassword: Label(
            zh: "请再试一次；忘记密码请找管理员重置。", en: "Try again; for a forgotten password ask the administrator."),
        .authorityDamaged: Label(
            zh: "镇街的数据被改动或损坏了：请停下手里的事，告诉技术人员。",
            en: "The township's data was changed or damaged: stop what you do, and tell an engineer."),
        .notFound: Label(zh: "请从上方菜单进入，或用查找框查找住户。", en: "Go by the menu above, or search for the household."),
    ]
}
