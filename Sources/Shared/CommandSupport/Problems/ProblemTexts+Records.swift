import SyncEngine

/// 20xx: change sets and values.
extension ProblemTexts {
    static let unknownKind = ProblemTexts(
        "unknown-kind", zh: "没有这种记录", en: "There is no such kind of record",
        hintZh: "请核对种类名，如 household、member、visit；写法见 ruhu new --help。",
        hintEn: "Check the kind's name, e.g. household, member, visit; see ruhu new --help.")
    static let unknownField = ProblemTexts(
        "unknown-field", zh: "没有这个字段", en: "There is no such field",
        hintZh: "请核对字段名，用 ruhu show 可看到已有字段。", hintEn: "Check the field's name; ruhu show lists those in use.")
    static let badValue = ProblemTexts(
        "bad-value", zh: "这个值不合规定", en: "The value is not allowed",
        hintZh: "请按提示改正后重新填写。", hintEn: "Correct the value and enter it again.")
    static let derivedField = ProblemTexts(
        "derived-field", zh: "这个字段由系统算出，不能填写", en: "This field is computed and cannot be written",
        hintZh: "请改它所依据的字段，例如身份证号。", hintEn: "Change the field it is computed from.")
    static let immutableField = ProblemTexts(
        "immutable-field", zh: "这个字段写过后不能再改", en: "This field is written once",
        hintZh: "情况有变时请新建一次走访或备注：ruhu new visit 或 ruhu new note。",
        hintEn: "When facts have changed, record a new one: ruhu new visit or ruhu new note.")
    static let appendOnly = ProblemTexts(
        "append-only", zh: "这类记录是事实，不能删除", en: "Facts are not deleted",
        hintZh: "写错了请加一条备注说明：ruhu new note。", hintEn: "Say what was wrong in a note: ruhu new note.")
    static let deskOnly = ProblemTexts(
        "desk-only", zh: "只有镇街可以这样改", en: "Only the township may do this",
        hintZh: "请联系镇街经办人。", hintEn: "Ask the township's clerk.")
    static let systemKind = ProblemTexts(
        "system-kind", zh: "这类记录由系统管理", en: "This kind is written by the system",
        hintZh: "冲突请由镇街用 ruhu-server resolve 决定。", hintEn: "Conflicts are decided with ruhu-server resolve.")
    static let unknownRecord = ProblemTexts(
        "unknown-record", zh: "没有这条记录", en: "There is no such record",
        hintZh: "用 ruhu find 或 ruhu list 找到编号；可能在别的村，或还没同步。",
        hintEn: "Find the id with ruhu find or ruhu list; it may be another village's, or not synced yet.")
    static let recordExists = ProblemTexts(
        "record-exists", zh: "这条记录已经存在", en: "The record exists already",
        hintZh: "请用 ruhu edit 修改。", hintEn: "Change it with ruhu edit.")
    static let recordDeleted = ProblemTexts(
        "record-deleted", zh: "这条记录已删除", en: "The record has been deleted",
        hintZh: "确需恢复请联系镇街：ruhu-server undelete 编号 --reason 原因。",
        hintEn: "If it should come back, ask the township: ruhu-server undelete ID --reason WHY.")
    static let missingParent = ProblemTexts(
        "missing-parent", zh: "没有写明属于哪一户", en: "It does not say whose it is",
        hintZh: "加上 household=住户编号，编号用 ruhu find 查。", hintEn: "Add household=ID; find the id with ruhu find.")
    static let outOfScope = ProblemTexts(
        "out-of-scope", zh: "不属于本站管的村居", en: "It lies outside this station's village",
        hintZh: "请核对村居代码，或请该村协理员填写。", hintEn: "Check the village code, or ask that village's assistant.")
    static let setTooLarge = ProblemTexts(
        "set-too-large", zh: "一次填写的内容太大", en: "Too much at once",
        hintZh: "请缩短，或分几次填写。", hintEn: "Shorten it, or split it.")
    static let waitingForRecord = ProblemTexts(
        "waiting-for-record", zh: "要等所属记录先更正", en: "It waits for a record that was refused",
        hintZh: "先更正被退回的那一项（ruhu refused），这一项会自动重试。",
        hintEn: "Amend the refused one first (ruhu refused); this follows by itself.")
    static let newerSchema = ProblemTexts(
        "newer-schema", zh: "内容由更新版本的程序填写", en: "It was written by a newer program",
        hintZh: "镇街升级后会自动重试。", hintEn: "It is tried again after the township's upgrade.")
    static let notQuarantined = ProblemTexts(
        "not-quarantined", zh: "没有这样一个被退回的变更", en: "There is no such refused set",
        hintZh: "用 ruhu refused 查看号码。", hintEn: "See the numbers with ruhu refused.")
    static let unknownConflict = ProblemTexts(
        "unknown-conflict", zh: "没有这个冲突", en: "There is no such conflict",
        hintZh: "用 ruhu-server conflicts --all 查看编号。", hintEn: "See the ids with ruhu-server conflicts --all.")
    static let conflictClosed = ProblemTexts(
        "conflict-closed", zh: "这个冲突已经有人决定过了", en: "Somebody has decided this conflict already",
        hintZh: "先用 ruhu-server history 记录编号 看清楚；确需重新决定的，加上 --seen 所看到的序号。",
        hintEn: "Look at it first with ruhu-server history ID; to decide anew, add --seen with the seq that you saw.")
    static let reasonNeeded = ProblemTexts(
        "reason-needed", zh: "需要写明原因", en: "A reason is needed",
        hintZh: "加上 --reason 原因。", hintEn: "Add --reason WHY.")
    static let sameThingExists = ProblemTexts(
        "same-thing-exists", zh: "同样的内容已经登记过", en: "The same thing is recorded already",
        hintZh: "请用 ruhu edit 修改已有的那一条。", hintEn: "Change the one that exists with ruhu edit.")
    static let clockImpossible = ProblemTexts(
        "clock-impossible", zh: "电脑的日期不对", en: "The computer's date is not right",
        hintZh: "请先校正电脑的日期和时间。", hintEn: "Set date and time first.")
    static let malformedSet = ProblemTexts(
        "malformed-set", zh: "变更内容无法读取", en: "The change set cannot be read",
        hintZh: "请运行 ruhu doctor。", hintEn: "Run ruhu doctor.")
    static let futureBase = ProblemTexts(
        "future-base", zh: "所依据的数据镇街没有", en: "It rests on something the township does not have",
        hintZh: "请运行 ruhu doctor，并联系镇街。", hintEn: "Run ruhu doctor and tell the township.")
    static let nothingToChange = ProblemTexts(
        "nothing-to-change", zh: "没有要改的内容", en: "There is nothing to change",
        hintZh: "写上要改的内容，如：ruhu edit 编号 字段=值", hintEn: "Say what to change: ruhu edit ID field=value")
    static let unknownScope = ProblemTexts(
        "unknown-scope", zh: "行政区划代码不对", en: "The administrative code is not valid here",
        hintZh: "村居代码 12 位，须在本镇街之内，末三位 001 至 399。",
        hintEn: "A village has 12 digits inside the region, the last three 001 to 399.")
    static let outsideCalendar = ProblemTexts(
        "outside-calendar", zh: "不知道那一年的节假日安排，无法计算期限",
        en: "The holidays of that year are not known, so the deadline cannot be computed",
        hintZh: "请核对日期；新一年的放假安排由政策包下发，更新后再算。",
        hintEn: "Check the date; a new year's holidays come with a policy pack.")
    static let refusedMove = ProblemTexts(
        "refused-move", zh: "办理步骤不合规定", en: "The rules do not allow this step",
        hintZh: "按提示补齐所缺内容；镇街可用 ruhu-server case show 编号 查看每一步还缺什么。",
        hintEn: "Complete what is missing; ruhu-server case show ID lists what each step still needs.")
}
