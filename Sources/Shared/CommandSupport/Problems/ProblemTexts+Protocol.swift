import SyncEngine

/// 30xx: enrolment and signatures. 40xx: the protocol.
extension ProblemTexts {
    static let unsigned = ProblemTexts(
        "unsigned", zh: "请求没有签名", en: "The request is not signed",
        hintZh: "请使用 ruhu 程序；其他程序按 docs/protocol.md 签名。",
        hintEn: "Use the ruhu program, or sign as docs/protocol.md says.")
    static let badSignature = ProblemTexts(
        "bad-signature", zh: "签名不符", en: "The signature does not verify",
        hintZh: "请运行 ruhu doctor，它会检查密钥；还是不行，请联系镇街重新登记本站（ruhu join）。本机内容都还在。",
        hintEn:
            "Run ruhu doctor, which looks at the keys; if that does not help, ask the township to enrol the station anew (ruhu join). Everything typed is still here."
    )
    static let staleNonce = ProblemTexts(
        "stale-nonce", zh: "请求已过期", en: "The nonce is unknown or too old",
        hintZh: "程序会自动重试；仍不行请再运行一次 ruhu sync。", hintEn: "The program retries; else run ruhu sync again.")
    static let unknownDevice = ProblemTexts(
        "unknown-device", zh: "镇街不认识本工作站", en: "The township does not know this station",
        hintZh: "请镇街用 ruhu-server devices 核对，或重新登记；本机内容都还在。",
        hintEn: "Ask the township to check with ruhu-server devices; everything typed is still here.")
    static let revoked = ProblemTexts(
        "revoked", zh: "本工作站已被镇街停用", en: "This station has been revoked",
        hintZh: "请联系镇街；未上传的内容都还在本机。", hintEn: "Talk to the township; what is unsent is still here.")
    static let invitationUsed = ProblemTexts(
        "invitation-used", zh: "邀请码已被使用", en: "The code has been used",
        hintZh: "请镇街另发一个：ruhu-server invite", hintEn: "Ask the township for another: ruhu-server invite")
    static let invitationUnknown = ProblemTexts(
        "invitation-unknown", zh: "镇街没有发过这个邀请码", en: "The township did not issue this code",
        hintZh: "请逐字核对，或请镇街另发一个：ruhu-server invite",
        hintEn: "Check it, or ask the township for another: ruhu-server invite")
    static let invitationExpired = ProblemTexts(
        "invitation-expired", zh: "邀请码已过期", en: "The code has expired",
        hintZh: "请镇街另发一个：ruhu-server invite", hintEn: "Ask the township for another: ruhu-server invite")
    static let wrongServerKey = ProblemTexts(
        "wrong-server-key", zh: "对方不是登记时的那台服务器", en: "This is not the server that was pinned",
        hintZh: "请先停下，核对网址和邀请码，并联系镇街。", hintEn: "Stop here; check URL and code, and call the township.")

    static let badRequest = ProblemTexts(
        "bad-request", zh: "请求有误", en: "The request is not valid",
        hintZh: "请升级程序，或联系技术人员。", hintEn: "Upgrade the program, or call an engineer.")
    static let gap = ProblemTexts(
        "gap", zh: "镇街缺少前面的变更", en: "Earlier change sets are missing at the township",
        hintZh: "请运行 ruhu doctor 并联系技术人员；本机内容都还在。",
        hintEn: "Run ruhu doctor and call an engineer; everything typed is still here.")
    static let chainForked = ProblemTexts(
        "chain-forked", zh: "本机数据与镇街记下的不是同一份", en: "This replica is not the one the township knows",
        hintZh: "数据目录被复制过：再同步或再导出一次，本机会取得自己的身份；内容都还在。",
        hintEn:
            "The data folder was copied: sync or export again, and it takes an identity of its own; nothing is lost.")
    static let epochChanged = ProblemTexts(
        "epoch-changed", zh: "镇街数据已重建或恢复", en: "The township's history has changed",
        hintZh: "再同步或再导出一次，镇街缺的内容会补上；本机内容都还在。",
        hintEn: "Sync or export again, and the township gets what it lacks; everything typed is still here.")
    static let cursorTooOld = ProblemTexts(
        "cursor-too-old", zh: "离上次同步太久", en: "The last sync is too long ago",
        hintZh: "请运行 ruhu doctor 重新获取；未上传的内容都还在。",
        hintEn: "Run ruhu doctor to fetch anew; what is unsent is still here.")
    static let bodyTooLarge = ProblemTexts(
        "body-too-large", zh: "请求太大", en: "The body is too large",
        hintZh: "请分批发送。", hintEn: "Send less at once.")
    static let tooManyRequests = ProblemTexts(
        "too-many-requests", zh: "请求太频繁", en: "Too many requests",
        hintZh: "请稍后再试。", hintEn: "Wait a little and try again.")
    static let notFound = ProblemTexts(
        "not-found", zh: "没有这个网址", en: "There is nothing at this path",
        hintZh: "请核对网址；接口见 docs/protocol.md。", hintEn: "Check the path; see docs/protocol.md.")
    static let unsupportedMedia = ProblemTexts(
        "unsupported-media", zh: "格式不支持", en: "The media type is not supported",
        hintZh: "请用 application/x-protobuf 或 application/json。",
        hintEn: "Use application/x-protobuf or application/json.")
    static let protocolVersion = ProblemTexts(
        "protocol-version", zh: "程序版本太旧或太新", en: "The protocol version does not fit",
        hintZh: "请升级 ruhu，或请镇街升级 ruhu-server。",
        hintEn: "Upgrade ruhu, or ask the township to upgrade ruhu-server.")
    static let digestMismatch = ProblemTexts(
        "digest-mismatch", zh: "本站数据与镇街不一致", en: "This replica differs from the township",
        hintZh: "请运行 ruhu doctor。", hintEn: "Run ruhu doctor.")
    static let busy = ProblemTexts(
        "busy", zh: "服务器忙", en: "The server is busy",
        hintZh: "请稍后再试，内容都还在。", hintEn: "Try again in a while; nothing is lost.")
    static let methodNotAllowed = ProblemTexts(
        "method-not-allowed", zh: "请求方法不对", en: "The method is not allowed here",
        hintZh: "见 docs/protocol.md。", hintEn: "See docs/protocol.md.")
    static let resetLoop = ProblemTexts(
        "reset-loop", zh: "反复重新获取，已停止", en: "Fetching anew again and again; stopped",
        hintZh: "请联系镇街的技术人员；未上传的内容都还在本机。",
        hintEn: "Call the township's engineer; what is unsent is still here.")
    static let unreachable = ProblemTexts(
        "unreachable", zh: "连不上镇街服务器", en: "The township's server could not be reached",
        hintZh: "内容已保存在本机，有信号时再运行 ruhu sync。",
        hintEn: "Everything is kept here; run ruhu sync when there is a signal.")
    static let historyRewritten = ProblemTexts(
        "history-rewritten", zh: "镇街给出的历史与先前的不一致，已停止同步",
        en: "The township's history is not the one it showed before; the sync was stopped",
        hintZh: "证据已保存（ruhu status）。请报告区县的技术人员；未上传的内容都还在本机。",
        hintEn: "The evidence is kept (ruhu status). Tell the district's engineer; what is unsent is still here.")
    static let blobMismatch = ProblemTexts(
        "blob-mismatch", zh: "附件传输中损坏", en: "An attachment was damaged on its way",
        hintZh: "程序会从头再传；附件都还在本机。", hintEn: "It is sent again from the beginning; it is still here.")
    static let unknownBlob = ProblemTexts(
        "unknown-blob", zh: "没有这个附件", en: "There is no such attachment here",
        hintZh: "它可能还没上传，或不属于本站；用 ruhu attachments 查看。",
        hintEn: "It may not have arrived yet, or be another village's; see ruhu attachments.")
    static let blobTooLarge = ProblemTexts(
        "blob-too-large", zh: "附件太大", en: "The attachment is too large",
        hintZh: "请把照片缩小到 20 MiB 以内，或分页扫描。", hintEn: "Make it smaller than 20 MiB, or scan page by page.")
    static let blobsWaiting = ProblemTexts(
        "blobs-waiting", zh: "还有附件没有传到镇街", en: "Attachments have not arrived at the township yet",
        hintZh: "记录已上传；有信号时再运行 ruhu sync，附件会接着传。",
        hintEn: "The records are there; run ruhu sync again, it goes on where it stopped.")
}
