package import SyncEngine

/// The keys of `status` of both programs, as people read them.
package enum StatusWords {
    private static let words: [String: Label] = [
        "device": Label(zh: "设备编号", en: "device"),
        "epoch": Label(zh: "历史编号", en: "epoch"), "station": Label(zh: "工作站", en: "station"),
        "staff": Label(zh: "协理员", en: "staff"), "server": Label(zh: "镇街服务器", en: "server"),
        "cursor": Label(zh: "已收到的序号", en: "cursor"), "digest": Label(zh: "数据摘要", en: "digest"),
        "pendingSets": Label(zh: "未上传的变更", en: "pending sets"),
        "pendingFields": Label(zh: "未上传的字段", en: "pending fields"),
        "conflicts": Label(zh: "未决定的冲突", en: "conflicts"),
        "quarantined": Label(zh: "被退回的变更", en: "refused sets"),
        "vanished": Label(zh: "镇街恢复后不见的记录", en: "records that the restored township lacks"),
        "waitingBlobs": Label(zh: "待上传的附件", en: "waiting attachments"),
        "lostBlobs": Label(zh: "文件损坏或不见的附件", en: "attachments damaged or gone here"),
        "waitingBytes": Label(zh: "待上传的附件（字节）", en: "waiting bytes"),
        "lastSync": Label(zh: "上次同步", en: "last sync"), "scopes": Label(zh: "各村居", en: "scopes"),
        "scope": Label(zh: "村居", en: "scope"), "records": Label(zh: "记录", en: "records"),
        "treeHead": Label(zh: "日志树根", en: "tree head"), "size": Label(zh: "大小", en: "size"),
        "root": Label(zh: "根", en: "root"), "signature": Label(zh: "签名", en: "signature"),
        "evidence": Label(zh: "历史不符的证据", en: "evidence"), "refusal": Label(zh: "原因", en: "refusal"),
        "held": Label(zh: "本站所存", en: "held"), "shown": Label(zh: "对方所示", en: "shown"),
        "explained": Label(zh: "已说明", en: "explained"), "number": Label(zh: "编号", en: "number"),
        "fork": Label(zh: "镇街说没有变的", en: "shared by its word"), "common": Label(zh: "证明没有变的", en: "shared by proof"),
        "dismissedAt": Label(zh: "了结时间", en: "dismissed at"), "dismissedBy": Label(zh: "了结人", en: "dismissed by"),
        "nights": Label(zh: "夜间任务", en: "nights"),
        "startedAt": Label(zh: "开始", en: "started"), "endedAt": Label(zh: "结束", en: "ended"),
        "outcome": Label(zh: "结果", en: "outcome"), "detail": Label(zh: "说明", en: "detail"),
        "seq": Label(zh: "序号", en: "seq"), "name": Label(zh: "名称", en: "name"),
        "region": Label(zh: "区划", en: "region"), "devices": Label(zh: "设备", en: "devices"),
        "acknowledged": Label(zh: "已确认的变更", en: "acknowledged"), "revoked": Label(zh: "已吊销", en: "revoked"),
        "village": Label(zh: "村居", en: "village"),
        "lastSeen": Label(zh: "上次见到", en: "last seen"),

        "staffing": Label(zh: "人员配备", en: "staffing"), "fullTime": Label(zh: "专职人员", en: "full-time staff"),
        "fullTimeNeeded": Label(zh: "应有专职人员", en: "full-time staff needed"),
        "villages": Label(zh: "村居数", en: "villages"), "withoutStation": Label(zh: "没有工作站的村居", en: "without a station"),
        "withoutAssistant": Label(zh: "没有协理员的村居", en: "without an assistant"),
        "tooManyAssistants": Label(zh: "协理员过多的村居", en: "too many assistants"),
        "active": Label(zh: "在岗", en: "active"), "findings": Label(zh: "要处理的问题", en: "findings"),
        "policy": Label(zh: "政策包提醒", en: "policy packs"),
    ]

    /// The document's outline in the reader's words.
    package static func outline(_ document: JSONValue) -> String { document.told(word).outline }

    /// A key that is not listed stays as it is.
    private static func word(_ key: String) -> String { words[key]?.text() ?? key }
}
