import SyncEngine

/// 204x: calculations and policy packs.
extension ProblemTexts {
    static let cannotCalculate = ProblemTexts(
        "cannot-calculate", zh: "资料不全或有误，无法计算", en: "Facts are missing or wrong; nothing was calculated",
        hintZh: "请按列出的各项补正后再算。", hintEn: "Correct each of the findings, then calculate again.")
    static let missingParameter = ProblemTexts(
        "missing-parameter", zh: "政策包缺少参数", en: "The policy pack lacks a parameter",
        hintZh: "请区民政补充该参数并发布新版政策包；程序不会使用默认值。",
        hintEn: "Ask the district for a pack that gives it; no default is ever used.")
    static let badPack = ProblemTexts(
        "bad-pack", zh: "政策包有误", en: "The policy pack is not valid",
        hintZh: "请对照 docs/policy-packs.zh-CN.md 修改；什么也没有保存。", hintEn: "See docs/policy-packs.md; nothing was saved.")
    static let unknownPack = ProblemTexts(
        "unknown-pack", zh: "没有这个政策包", en: "There is no such policy pack",
        hintZh: "用 ruhu-server pack list 查看；写法如 370404-2020-14@1。",
        hintEn: "See ruhu-server pack list; written like 370404-2020-14@1.")
    static let packExists = ProblemTexts(
        "pack-exists", zh: "这个版本的政策包已经有了", en: "This version of the pack is here already",
        hintZh: "内容有变化的，请区民政提高版本号后重新签名。",
        hintEn: "When it has changed, the district raises its version and signs again.")
    static let untrustedPack = ProblemTexts(
        "untrusted-pack", zh: "政策包的签名不可信", en: "The pack's signature is not trusted",
        hintZh: "请向区民政核对公钥，再运行：ruhu-server pack trust 公钥",
        hintEn: "Check the public key with the district, then run: ruhu-server pack trust KEY")
    static let trainingNeeded = ProblemTexts(
        "training-needed", zh: "新政策须先培训再执行", en: "A new policy needs training first",
        hintZh: "先登记培训：ruhu-server pack train 政策包 --held 日期 --attendee 姓名；确需先执行的加 --override 理由。",
        hintEn: "Record it: ruhu-server pack train PACK --held DATE --attendee NAME; or give --override REASON.")
}
