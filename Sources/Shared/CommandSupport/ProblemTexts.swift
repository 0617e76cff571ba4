package import SyncEngine

/// What each problem says to people, and what to do next.
extension Problem.Code {
    package var title: Label { texts.title }
    package var hint: Label { texts.hint }

    private var texts: (title: Label, hint: Label) {
        switch self {
        case .usage:
            text("命令写法不对", "The command line does not parse", "加 --help 查看用法。", "See --help.")
        case .notJoined:
            text(
                "本工作站还没有登记", "This station has not joined a township", "用镇街给的邀请码运行：ruhu join 网址 邀请码",
                "Run: ruhu join URL CODE, with the township's code.")
        case .alreadyJoined:
            text(
                "本工作站已经登记过", "This station has joined already", "要换镇街，请用 --data 指定另一个目录。",
                "For another township choose another folder with --data.")
        case .notInitialised:
            text(
                "这里还没有建立镇街数据", "There is no township here", "先运行：ruhu-server init --name 名称 --region 代码",
                "Run first: ruhu-server init --name NAME --region CODE")
        case .alreadyInitialised:
            text(
                "这里已经有镇街数据", "There is a township here already", "换一个目录，或直接运行 ruhu-server serve。",
                "Choose another folder, or run ruhu-server serve.")
        case .badDocument:
            text(
                "输入的 JSON 文档有误", "The JSON input is not valid", "请核对所指位置后重试，本次什么也没有保存。",
                "Correct it at the place named; nothing was saved.")
        case .badMapping:
            text("导入映射文件有误", "The mapping file is not valid", "请对照 docs/import.md 修改。", "See docs/import.md.")
        case .notABundle:
            text(
                "这不是同步包", "This file is not a bundle", "请核对文件，同步包由 ruhu bundle export 生成。",
                "Check the file; bundles are made by ruhu bundle export.")
        case .syncRunning:
            text(
                "另一个同步正在进行", "Another sync is running", "等它结束后再试，填写不受影响。",
                "Try again when it has ended; typing goes on meanwhile.")
        case .badInvitation:
            text(
                "邀请码写错了", "This is not an invitation code", "请逐字核对：8 组，每组 5 个字符。", "Check it: 8 groups of 5 characters."
            )
        case .plainHTTPRefused:
            text(
                "不加密的服务只能在本机使用", "Plain HTTP is served on loopback only", "去掉 --plain-http，或监听 127.0.0.1。",
                "Leave --plain-http out, or listen on 127.0.0.1.")
        default:
            rawValue < 3000 ? recordTexts : otherTexts
        }
    }

    private var recordTexts: (title: Label, hint: Label) {
        switch self {
        case .unknownKind:
            text(
                "没有这种记录", "There is no such kind of record",
                "可用：household、member、income_item、expense_item、property_item、bank_account、visit、note。",
                "Kinds: household, member, income_item, expense_item, property_item, bank_account, visit, note.")
        case .unknownField:
            text(
                "没有这个字段", "There is no such field", "请核对字段名，ruhu show 可看到已有字段。",
                "Check the field's name; ruhu show lists those in use.")
        case .badValue:
            text("这个值不合规定", "The value is not allowed", "请按提示改正后重新填写。", "Correct the value and enter it again.")
        case .derivedField:
            text(
                "这个字段由系统算出，不能填写", "This field is computed and cannot be written", "改它所依据的字段，例如身份证号。",
                "Change the field it is computed from.")
        case .immutableField:
            text(
                "这个字段写过后不能再改", "This field is written once", "情况有变时请新建一次走访或备注。",
                "When facts have changed, record a new visit or note.")
        case .appendOnly:
            text("这类记录是事实，不能删除", "Facts are not deleted", "写错了请加一条备注说明。", "Add a note that says what was wrong.")
        case .deskOnly:
            text("只有镇街可以这样改", "Only the township may do this", "请联系镇街经办人。", "Ask the township's clerk.")
        case .systemKind:
            text(
                "这类记录由系统管理", "This kind is written by the system", "冲突请由镇街用 ruhu-server resolve 决定。",
                "Conflicts are decided with ruhu-server resolve.")
        case .unknownRecord:
            text(
                "没有这条记录", "There is no such record", "用 ruhu find 或 ruhu list 找到编号；可能在别的村，或还没同步。",
                "Find the id with ruhu find or list; it may be another village's, or not synced yet.")
        case .recordExists:
            text("这条记录已经存在", "The record exists already", "请用 ruhu edit 修改。", "Change it with ruhu edit.")
        case .recordDeleted:
            text("这条记录已删除", "The record has been deleted", "确需恢复请联系镇街。", "Ask the township if it should come back.")
        case .missingParent:
            text("没有写明属于哪一户", "It does not say whose it is", "加上 household=住户编号。", "Add household=ID.")
        case .outOfScope:
            text(
                "不属于本站管的村居", "It lies outside this station's village", "请核对村居代码，或请该村协理员填写。",
                "Check the village code, or ask that village's assistant.")
        case .setTooLarge:
            text("一次填写的内容太大", "Too much at once", "请分几次填写。", "Split it.")
        case .waitingForRecord:
            text(
                "要等所属记录先更正", "It waits for a record that was refused", "先更正被退回的那一项（ruhu refused），这一项会自动重试。",
                "Amend the refused one first (ruhu refused); this follows by itself.")
        case .newerSchema:
            text(
                "内容由更新版本的程序填写", "It was written by a newer program", "镇街升级后会自动重试。",
                "It is tried again after the township's upgrade.")
        case .notQuarantined:
            text(
                "没有这样一个被退回的变更", "There is no such refused set", "用 ruhu refused 查看号码。",
                "See the numbers with ruhu refused.")
        case .unknownConflict:
            text("没有这个冲突", "There is no such conflict", "用 conflicts --all 查看编号。", "See the ids with conflicts --all.")
        case .reasonNeeded:
            text("需要写明原因", "A reason is needed", "加上 --reason 原因。", "Add --reason WHY.")
        case .sameThingExists:
            text(
                "同样的内容已经登记过", "The same thing is recorded already", "请用 ruhu edit 修改已有的那一条。",
                "Change the one that exists with ruhu edit.")
        case .clockImpossible:
            text("电脑的日期不对", "The computer's date is not right", "请校正日期和时间。", "Set date and time.")
        case .malformedSet:
            text("变更内容无法读取", "The change set cannot be read", "请运行 ruhu doctor。", "Run ruhu doctor.")
        case .futureBase:
            text(
                "所依据的数据镇街没有", "It rests on something the township does not have", "请运行 ruhu doctor，并联系镇街。",
                "Run ruhu doctor and tell the township.")
        case .nothingToChange:
            text("没有要改的内容", "There is nothing to change", "写上字段=值。", "Give field=value.")
        case .unknownScope:
            text(
                "行政区划代码不对", "The administrative code is not valid here", "村居代码 12 位，须在本镇街之内，末三位 001 至 399。",
                "A village has 12 digits inside the region, the last three 001 to 399.")
        default:
            text("数据有误", "Bad data", "请核对后重试。", "Check it and try again.")
        }
    }

    private var otherTexts: (title: Label, hint: Label) {
        switch self {
        case .unsigned:
            text(
                "请求没有签名", "The request is not signed", "请使用 ruhu 程序。",
                "Use the ruhu program, or sign as docs/protocol.md says.")
        case .badSignature:
            text("签名不符", "The signature does not verify", "请联系镇街重新登记本站。", "Ask the township to enrol the station anew.")
        case .staleNonce:
            text(
                "请求已过期", "The nonce is unknown or too old", "程序会自动重试；仍不行请再运行一次。",
                "The program retries; else run it again.")
        case .unknownDevice:
            text(
                "镇街不认识本工作站", "The township does not know this station", "请联系镇街重新登记；本机内容都还在。",
                "Ask the township for a new code; everything typed is still here.")
        case .revoked:
            text(
                "本工作站已被镇街停用", "This station has been revoked", "请联系镇街；未上传的内容都还在本机。",
                "Talk to the township; what is unsent is still here.")
        case .invitationUsed:
            text(
                "邀请码已被使用", "The code has been used", "请镇街另发一个：ruhu-server invite", "Ask for another: ruhu-server invite"
            )
        case .invitationUnknown:
            text(
                "镇街没有发过这个邀请码", "The township did not issue this code", "请逐字核对，或请镇街另发一个。",
                "Check it, or ask for another.")
        case .invitationExpired:
            text("邀请码已过期", "The code has expired", "请镇街另发一个：ruhu-server invite", "Ask for another: ruhu-server invite")
        case .wrongServerKey:
            text(
                "对方不是登记时的那台服务器", "This is not the server that was pinned", "请核对网址和邀请码；不要继续，联系镇街。",
                "Check URL and code; do not go on, call the township.")
        case .badRequest:
            text("请求有误", "The request is not valid", "请升级程序，或联系技术人员。", "Upgrade the program, or call an engineer.")
        case .gap:
            text(
                "镇街缺少前面的变更", "Earlier change sets are missing at the township", "请联系技术人员；本机内容都还在。",
                "Call an engineer; everything typed is still here.")
        case .chainForked:
            text(
                "本机数据与镇街记下的不是同一份", "This replica is not the one the township knows", "可能复制过数据目录。请联系技术人员；内容都还在。",
                "Has the data folder been copied? Call an engineer; everything is still here.")
        case .epochChanged:
            text(
                "镇街数据已重建或恢复", "The township's history has changed", "请联系技术人员；本机内容都还在。",
                "Call an engineer; everything typed is still here.")
        case .cursorTooOld:
            text("离上次同步太久", "The last sync is too long ago", "请运行 ruhu doctor 重新获取。", "Run ruhu doctor to fetch anew.")
        case .bodyTooLarge:
            text("请求太大", "The body is too large", "请分批发送。", "Send less at once.")
        case .tooManyRequests:
            text("请求太频繁", "Too many requests", "请稍后再试。", "Wait a little.")
        case .notFound:
            text(
                "没有这个网址", "There is nothing at this path", "请核对网址；接口见 docs/protocol.md。",
                "Check the path; see docs/protocol.md.")
        case .unsupportedMedia:
            text(
                "格式不支持", "The media type is not supported", "用 application/x-protobuf 或 application/json。",
                "Use application/x-protobuf or application/json.")
        case .protocolVersion:
            text("程序版本太旧或太新", "The protocol version does not fit", "请升级程序。", "Upgrade.")
        case .digestMismatch:
            text("本站数据与镇街不一致", "This replica differs from the township", "请运行 ruhu doctor。", "Run ruhu doctor.")
        case .busy:
            text("服务器忙", "The server is busy", "请稍后再试，内容都还在。", "Try again in a while; nothing is lost.")
        case .methodNotAllowed:
            text("请求方法不对", "The method is not allowed here", "见 docs/protocol.md。", "See docs/protocol.md.")
        case .unreachable:
            text(
                "连不上镇街服务器", "The township's server could not be reached", "内容已保存在本机，有信号时再运行 ruhu sync。",
                "Everything is kept here; run ruhu sync when there is a signal.")
        case .storage:
            text(
                "读写数据时出错", "Reading or writing the data failed", "请检查磁盘空间和权限，再运行 ruhu doctor。",
                "Check disk space and permissions, then ruhu doctor.")
        case .cannotCreate:
            text(
                "无法建立文件或目录", "A file or folder cannot be made", "请检查路径、权限和磁盘空间。",
                "Check path, permissions and disk space.")
        case .unreadableFile:
            text("文件打不开", "The file cannot be read", "请核对文件名和权限。", "Check its name and permissions.")
        default:
            text(
                "程序内部出错", "Internal error", "数据未受影响。请把屏幕上的信息转给技术人员。",
                "Your data are not affected. Pass what is on the screen to an engineer.")
        }
    }

    private func text(_ zh: String, _ en: String, _ hintZh: String, _ hintEn: String) -> (title: Label, hint: Label) {
        (Label(zh: zh, en: en), Label(zh: hintZh, en: hintEn))
    }
}
