package import SyncEngine

extension CodeLists {
    /// What a code means, in both languages. A code that is an English word itself needs no other.
    package static func label(_ code: String, _ text: String) -> Label {
        Label(zh: text, en: english[text] ?? code)
    }

    /// The texts of the code lists in English, in the order of the lists. Own translations: the standards are Chinese.
    private static let english: [String: String] = people.merging(circumstances) { first, _ in first }

    private static let people: [String: String] = [
        "未知的性别": "unknown", "男性": "male", "女性": "female", "未说明的性别": "not stated",
        "本人": "oneself", "户主": "head of the household", "配偶": "spouse", "夫": "husband", "妻": "wife",
        "子": "son", "独生子": "only son", "长子": "eldest son", "次子": "second son", "三子": "third son",
        "四子": "fourth son", "五子": "fifth son", "养子或继子": "adopted son or stepson", "女婿": "son-in-law",
        "其他儿子": "other son", "女": "daughter", "独生女": "only daughter", "长女": "eldest daughter",
        "次女": "second daughter", "三女": "third daughter", "四女": "fourth daughter", "五女": "fifth daughter",
        "养女或继女": "adopted daughter or stepdaughter", "儿媳": "daughter-in-law", "其他女儿": "other daughter",
        "孙子、孙女或外孙子、外孙女": "grandchild", "孙子": "son's son", "孙女": "son's daughter",
        "外孙子": "daughter's son", "外孙女": "daughter's daughter", "孙媳妇或外孙媳妇": "grandson's wife",
        "孙女婿或外孙女婿": "granddaughter's husband", "曾孙子或外曾孙子": "great-grandson",
        "曾孙女或外曾孙女": "great-granddaughter", "其他孙子、孙女或外孙子、外孙女": "other grandchild",
        "父母": "parent", "父亲": "father", "母亲": "mother", "公公": "husband's father", "婆婆": "husband's mother",
        "岳父": "wife's father", "岳母": "wife's mother", "继父或养父": "stepfather or adoptive father",
        "继母或养母": "stepmother or adoptive mother", "其他父母关系": "other parent", "祖父母或外祖父母": "grandparent",
        "祖父": "father's father", "祖母": "father's mother", "外祖父": "mother's father", "外祖母": "mother's mother",
        "配偶的祖父母或外祖父母": "spouse's grandparent", "曾祖父": "great-grandfather", "曾祖母": "great-grandmother",
        "配偶的曾祖父母或外曾祖父母": "spouse's great-grandparent", "其他祖父母或外祖父母": "other grandparent",
        "兄弟姐妹": "brother or sister", "兄": "elder brother", "嫂": "elder brother's wife", "弟": "younger brother",
        "弟媳": "younger brother's wife", "姐姐": "elder sister", "姐夫": "elder sister's husband",
        "妹妹": "younger sister", "妹夫": "younger sister's husband", "其他兄弟姐妹": "other brother or sister",
        "其他": "other", "伯父": "father's elder brother", "伯母": "wife of father's elder brother",
        "叔父": "father's younger brother", "婶母": "wife of father's younger brother", "舅父": "mother's brother",
        "舅母": "wife of mother's brother", "姨父": "husband of mother's sister", "姨母": "mother's sister",
        "姑父": "husband of father's sister", "姑母": "father's sister",
        "堂兄弟、堂姐妹": "cousin, by father's brother", "表兄弟、表姐妹": "cousin, otherwise", "侄子": "brother's son",
        "侄女": "brother's daughter", "外甥": "sister's son", "外甥女": "sister's daughter", "其他亲属": "other relative",
        "非亲属": "no relative",
        "未婚": "never married", "已婚": "married", "初婚": "first marriage", "再婚": "remarried",
        "复婚": "married again to each other", "丧偶": "widowed", "离婚": "divorced", "未说明": "not stated",
        "国家公务员": "civil servant", "专业技术人员": "specialist or technician", "职员": "office worker",
        "企业管理人员": "manager", "工人": "worker", "农民": "farmer", "学生": "student", "现役军人": "soldier",
        "自由职业者": "freelance", "个体经营者": "self-employed", "无业人员": "without work", "退（离）休人员": "retired",
    ]

    private static let circumstances: [String: String] = [
        "健康或良好": "healthy or good", "一般或较弱": "fair or weak", "有慢性病": "chronically ill", "残疾": "disabled",
        "心血管病": "cardiovascular disease", "脑血管病": "cerebrovascular disease",
        "慢性呼吸系统病": "chronic respiratory disease", "慢性消化系统病": "chronic digestive disease",
        "慢性肾炎": "chronic nephritis", "结核病": "tuberculosis", "糖尿病": "diabetes",
        "神经或精神疾病": "neurological or mental illness", "癌症": "cancer", "其他慢性病": "other chronic disease",
        "视力残疾": "visual disability", "听力残疾": "hearing disability", "言语残疾": "speech disability",
        "肢体残疾": "physical disability", "智力残疾": "intellectual disability", "精神残疾": "mental disability",
        "多重残疾": "multiple disabilities", "其他残疾": "other disability",
        "非农业户口（城镇）": "non-agricultural (urban)", "本地非农业": "non-agricultural, local",
        "外地非农业": "non-agricultural, from elsewhere", "农业户口（农村）": "agricultural (rural)",
        "本地农业": "agricultural, local", "外地农业": "agricultural, from elsewhere",
        "港澳台": "Hong Kong, Macao or Taiwan", "外籍": "foreign", "居民户口": "resident",
        "本地居民户口": "resident, local", "外地居民户口": "resident, from elsewhere",
        "视力": "visual", "听力": "hearing", "言语": "speech", "肢体": "physical", "智力": "intellectual",
        "精神": "mental", "多重": "multiple", "一级": "grade 1 (most severe)", "二级": "grade 2", "三级": "grade 3",
        "四级": "grade 4",
        "因病": "illness", "因灾": "disaster", "因残": "disability", "因学": "school fees", "收入低": "low income",
        "失业": "unemployment", "失地": "loss of land", "因意外事故": "accident", "缺劳动力": "nobody able to work",
        "突发重大支出": "sudden large expense",
        "工资性": "wages", "经营净收入": "net business income", "土地": "land", "财产净收入": "net property income",
        "转移净收入": "net transfers", "养老金": "pension", "赡养抚养扶养费": "support by relatives",
        "惠农补贴": "farm subsidies", "优抚金": "veterans and survivors", "高龄津贴": "old-age allowance",
        "残疾人两项补贴": "disability subsidies", "奖助学金": "grants for students",
        "经济困难老年人补贴": "elderly hardship allowance", "临时救助": "temporary relief",
        "生活": "living", "医疗": "medical", "教育": "education", "残疾康复": "rehabilitation", "住房": "housing",
        "无豁免": "none", "疾病治疗必需车辆": "vehicle needed for treatment",
        "残疾康复必需车辆": "vehicle needed for rehabilitation", "家庭谋生工具车辆": "vehicle that earns the living",
        "救助金来源存款": "savings from assistance", "售房款存款（一年内）": "proceeds of a house (within a year)",
        "有履行能力": "able to support", "无履行能力": "unable to support",
        "月": "monthly", "季": "quarterly", "年": "yearly", "一次性": "once", "银行卡": "bank card", "存折": "passbook",
        "有劳动能力": "able to work", "部分丧失劳动能力": "partly able to work", "完全丧失劳动能力": "unable to work",
        "能自理": "cares for oneself", "部分丧失自理能力": "cares for oneself in part",
        "完全丧失自理能力": "cannot care for oneself",
        "自主吃饭": "eats alone", "自主穿衣": "dresses alone", "自主上下床": "gets in and out of bed alone",
        "自主如厕": "uses the toilet alone", "室内自主行走": "walks indoors alone", "自主洗澡": "bathes alone",
    ]
}
