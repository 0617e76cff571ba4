import SyncEngine

/// 205x: forms and visits.
extension ProblemTexts {
    static let badForm = ProblemTexts(
        "bad-form", zh: "调查表有误", en: "The form is not valid",
        hintZh: "请按所列之处改正（写法见 docs/survey.md），再运行 ruhu-server form import；什么也没有发布。",
        hintEn: "Correct it where it is named (see docs/survey.md) and import it again; nothing was published.")
    static let answersRefused = ProblemTexts(
        "answers-refused", zh: "有的回答不对或没有填", en: "Some answers are wrong or missing",
        hintZh: "请按所列之处改正，再运行一次；什么也没有保存，先前填的都还在。",
        hintEn: "Correct them where they are named and run it again; nothing was saved, what was typed before is kept.")
    static let visitClosed = ProblemTexts(
        "visit-closed", zh: "这次走访正在另一个窗口里填，或已在那里完成、放弃",
        en: "The visit is being answered in another window, or was finished or discarded there",
        hintZh: "在那个窗口继续，或关掉它再运行 ruhu visit；用 ruhu visit --list 查看还没完成的走访。",
        hintEn: "Go on there, or close it and run ruhu visit again; see what is under way with ruhu visit --list.")
}
