import SyncEngine

/// 10xx: the command line and files given to it. 50xx: the machine.
extension ProblemTexts {
    static let usage = ProblemTexts(
        "usage", zh: "命令写法不对", en: "The command line does not parse",
        hintZh: "加 --help 查看用法。", hintEn: "See --help.")
    static let notJoined = ProblemTexts(
        "not-joined", zh: "本工作站还没有登记", en: "This station has not joined a township",
        hintZh: "用镇街给的邀请码运行：ruhu join 网址 邀请码", hintEn: "Run: ruhu join URL CODE, with the township's code.")
    static let alreadyJoined = ProblemTexts(
        "already-joined", zh: "本工作站已经登记过", en: "This station has joined already",
        hintZh: "要换镇街，请用 --data 指定另一个目录。", hintEn: "For another township choose another folder with --data.")
    static let notInitialised = ProblemTexts(
        "not-initialised", zh: "这里还没有建立镇街数据", en: "There is no township here",
        hintZh: "先运行：ruhu-server init --name 名称 --region 代码",
        hintEn: "Run first: ruhu-server init --name NAME --region CODE")
    static let alreadyInitialised = ProblemTexts(
        "already-initialised", zh: "这里已经有镇街数据", en: "There is a township here already",
        hintZh: "换一个目录（--data），或直接运行 ruhu-server serve。",
        hintEn: "Choose another folder with --data, or run ruhu-server serve.")
    static let badDocument = ProblemTexts(
        "bad-document", zh: "输入的 JSON 文档有误", en: "The JSON input is not valid",
        hintZh: "请在所指位置改正后重试，本次什么也没有保存。", hintEn: "Correct it at the place named; nothing was saved.")
    static let badMapping = ProblemTexts(
        "bad-mapping", zh: "导入映射文件有误", en: "The mapping file is not valid",
        hintZh: "请对照 docs/import.md 修改，再运行 ruhu import。", hintEn: "See docs/import.md, then run ruhu import again.")
    static let notABundle = ProblemTexts(
        "not-a-bundle", zh: "这不是完整的同步包", en: "This file is not a whole bundle",
        hintZh: "可能没有拷完，请重新拷贝一次。同步包由 ruhu bundle export 生成，答复包由 ruhu-server bundle import --reply 生成。"
            + "重新拷贝也不行，请在工作站上运行 ruhu doctor。",
        hintEn: "It may not have been copied to its end: copy it again. Bundles are made by ruhu bundle export, "
            + "answers by ruhu-server bundle import --reply. If a new copy does not help, run ruhu doctor at the station."
    )
    static let syncRunning = ProblemTexts(
        "sync-running", zh: "另一个同步正在进行", en: "Another sync is running",
        hintZh: "等它结束后再运行 ruhu sync，填写不受影响。",
        hintEn: "Run ruhu sync again when it has ended; typing goes on meanwhile.")
    static let badInvitation = ProblemTexts(
        "bad-invitation", zh: "邀请码写错了", en: "This is not an invitation code",
        hintZh: "请逐字核对：8 组，每组 5 个字符。", hintEn: "Check it: 8 groups of 5 characters.")
    static let damagedBackup = ProblemTexts(
        "damaged-backup", zh: "备份文件不完整或已损坏", en: "The backup is not whole",
        hintZh: "请换一个备份文件；现有数据没有改动。", hintEn: "Use another backup; nothing was changed.")
    static let plainHTTPRefused = ProblemTexts(
        "plain-http-refused", zh: "不加密的服务只能在本机使用", en: "Plain HTTP is served on loopback only",
        hintZh: "去掉 --plain-http，或监听 127.0.0.1。", hintEn: "Leave --plain-http out, or listen on 127.0.0.1.")
    static let bundleForAnother = ProblemTexts(
        "bundle-for-another", zh: "这个同步包是给别处的", en: "This bundle is for somebody else",
        hintZh: "请核对文件：交给镇街的包只能由该镇街读入，答复包只能由它所答复的工作站读入。",
        hintEn: "Check the file: a bundle is read by its own township, an answer by the station it answers.")

    static let storage = ProblemTexts(
        "storage", zh: "读写数据时出错", en: "Reading or writing the data failed",
        hintZh: "请检查磁盘空间和权限，工作站上再运行 ruhu doctor。",
        hintEn: "Check disk space and permissions; on a station run ruhu doctor.")
    static let internalError = ProblemTexts(
        "internal-error", zh: "程序内部出错", en: "Internal error",
        hintZh: "请把屏幕上的信息转给技术人员；已保存的内容不受影响。",
        hintEn: "Pass what is on the screen to an engineer; what was saved is not affected.")
    static let cannotCreate = ProblemTexts(
        "cannot-create", zh: "无法建立文件或目录", en: "A file or folder cannot be made",
        hintZh: "请检查路径、权限和磁盘空间，或用 --data 指定别的目录。",
        hintEn: "Check path, permissions and disk space, or choose another folder with --data.")
    static let unreadableFile = ProblemTexts(
        "unreadable-file", zh: "文件打不开", en: "The file cannot be read",
        hintZh: "请核对文件名和权限。", hintEn: "Check its name and permissions.")
    static let storageFull = ProblemTexts(
        "storage-full", zh: "本机存储空间不足", en: "This machine's storage is full",
        hintZh: "请清理磁盘（回收站、下载的文件）后再试；已保存的内容都还在，这一次的没有保存。",
        hintEn: "Free some space (bin, downloads) and try again; everything saved is still here, this was not saved.")
    static let replicaDamaged = ProblemTexts(
        "replica-damaged", zh: "本机数据库损坏", en: "This station's database is damaged",
        hintZh: "请运行 ruhu doctor：它会保住未上传的内容并重新获取其余的。",
        hintEn: "Run ruhu doctor: it keeps what is unsent and fetches the rest anew.")
    static let cannotListen = ProblemTexts(
        "cannot-listen", zh: "无法在这个地址上提供服务", en: "This address cannot be listened on",
        hintZh: "端口可能已被占用（是不是已有一个 ruhu-server 在运行？），或者不是本机的地址。停掉另一个程序，或用 --listen 换一个地址。",
        hintEn:
            "The port may be in use (is another ruhu-server running?), or the address is not this machine's. Stop the other program, or give another one with --listen."
    )
    static let alreadyServed = ProblemTexts(
        "already-served", zh: "这个数据目录已有一个 ruhu-server serve 在提供服务",
        en: "A ruhu-server serve is running on this data folder already",
        hintZh: "用那一个，或先停掉它；别的命令可以照常使用。", hintEn: "Use that one, or stop it first; other commands work beside it.")
    static let noNetworkLibrary = ProblemTexts(
        "no-network-library", zh: "本机缺少联网用的 libcurl4，或它太旧、已损坏",
        en: "This machine's libcurl4, which makes connections, is missing, damaged or too old",
        hintZh: "请安装（apt install libcurl4）后再试；其他命令照常可用，已填的内容都在。",
        hintEn:
            "Install it (apt install libcurl4) and try again; other commands work without it, and what was typed is kept."
    )
    static let authorityDamaged = ProblemTexts(
        "authority-damaged", zh: "镇街数据库损坏", en: "The township's database is damaged",
        hintZh: "请停止服务，运行 ruhu-server audit verify，再用 ruhu-server restore 恢复备份；各站会补传之后的内容。",
        hintEn:
            "Stop serving, run ruhu-server audit verify, then ruhu-server restore; stations offer again what came later."
    )
    static let stationInUse = ProblemTexts(
        "station-in-use", zh: "另一个 ruhu 正在使用本站数据", en: "Another ruhu is using this station's data",
        hintZh: "等它结束（或停掉夜间同步）后再运行 ruhu doctor。",
        hintEn: "Run ruhu doctor again when it has ended; a nightly sync counts too.")
}
