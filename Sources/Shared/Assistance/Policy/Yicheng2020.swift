extension PolicyPack {
    /// The pack of 峄政发〔2020〕14号 (Yicheng District, 2020), which comes with the programs. It sets procedure and
    /// deadlines; what it does not give, all amounts among them, is marked `demo`. In force from the 30th day after its
    /// issue, for five years (R69).
    package static let yicheng2020: PolicyPack = {
        let (pack, findings) = read(yicheng2020Text)
        guard let pack else { preconditionFailure("\(findings)") }  // a constant of this program, read in its tests
        return pack
    }()

    private static let yicheng2020Text = #"""
        {
         "id": "370404-2020-14",
         "version": 1,
         "region": "370404",
         "title": {"zh": "峄城区人民政府关于推进社会救助领域“放管服”改革的实施意见（峄政发〔2020〕14号）", "en": "Yicheng District, \#
        reform of social assistance (Yizhengfa 2020 No. 14)"},
         "issued": "2020-08-06",
         "from": "2020-09-05",
         "until": "2025-09-04",
         "parameters": [
          {"name": "dibao.mode", "value": "difference", "from": "2020-09-05", "demo": true},
          {"name": "dibao.standard.urban", "value": "632.00", "from": "2020-09-05", "demo": true},
          {"name": "dibao.standard.rural", "value": "560.00", "from": "2020-09-05", "demo": true},
          {"name": "dibao.step", "value": "1.00", "from": "2020-09-05", "demo": true},
          {"name": "dibao.grade.income_up_to", "value": {"a": "1/3", "b": "2/3"}, "from": "2020-09-05", "demo": true},
          {"name": "dibao.grade.amount", "value": {"a": "420.00", "b": "320.00", "c": "220.00"}, \#
        "from": "2020-09-05", "demo": true},
          {"name": "dibao.supplement.severe_illness", "value": "0.20", "from": "2020-09-05", "demo": true},
          {"name": "dibao.supplement.severe_illness.health", "value": ["31", "32", "35", "41"], \#
        "from": "2020-09-05", "demo": true},
          {"name": "dibao.supplement.severe_disability", "value": "0.30", "from": "2020-09-05", "demo": true},
          {"name": "dibao.supplement.severe_disability.grades", "value": ["1", "2"], "from": "2020-09-05", \#
        "demo": true},
          {"name": "dibao.supplement.age", "value": "0.10", "from": "2020-09-05", "demo": true},
          {"name": "dibao.supplement.age.from", "value": 70, "from": "2020-09-05", "demo": true},
          {"name": "dibao.supplement.minor", "value": "0.10", "from": "2020-09-05", "demo": true},
          {"name": "dibao.supplement.minor.under", "value": 18, "from": "2020-09-05", "demo": true},
          {"name": "income.excluded_types", "value": ["50", "51", "52", "53", "54", "55"], \#
        "from": "2020-09-05", "demo": true},
          {"name": "income.job_cost", "value": "0.20", "from": "2020-09-05", "demo": true},
          {"name": "expense.deductible_types", "value": ["02", "03", "04"], "from": "2020-09-05", "demo": true},
          {"name": "property.deposit.standards_per_person", "value": "24", "from": "2020-09-05", "demo": true},
          {"name": "property.vehicles", "value": 0, "from": "2020-09-05", "demo": true},
          {"name": "property.houses", "value": 1, "from": "2020-09-05", "demo": true},
          {"name": "property.premises", "value": 0, "from": "2020-09-05", "demo": true},
          {"name": "property.companies", "value": 0, "from": "2020-09-05", "demo": true},
          {"name": "property.exemptions", "value": ["01", "02", "03", "04", "05"], "from": "2020-09-05", \#
        "demo": true},
          {"name": "tekun.age.from", "value": 60, "from": "2020-09-05", "demo": true},
          {"name": "tekun.minor.under", "value": 16, "from": "2020-09-05", "demo": true},
          {"name": "tekun.disabilities", "value": ["4-1", "4-2", "5-1", "5-2", "5-3", "6-1", "6-2", "6-3", \#
        "1-1"], "from": "2020-09-05", "demo": true},
          {"name": "tekun.income_up_to", "value": "1", "from": "2020-09-05", "demo": true},
          {"name": "tekun.basic", "value": "1.3", "from": "2020-09-05", "demo": true},
          {"name": "tekun.care", "value": {"self": "191.00", "partial": "318.33", "full": "636.67"}, \#
        "from": "2020-09-05", "demo": true},
          {"name": "tekun.step", "value": "1.00", "from": "2020-09-05", "demo": true},
          {"name": "relief_expense.income_up_to", "value": "1.5", "from": "2020-09-05", "demo": true},
          {"name": "relief_expense.expense_share", "value": "0.6", "from": "2020-09-05", "demo": true},
          {"name": "relief_expense.standards", "value": "1", "from": "2020-09-05", "demo": true},
          {"name": "relief_expense.months", "value": 3, "from": "2020-09-05", "demo": true},
          {"name": "relief_expense.cap", "value": "20000.00", "from": "2020-09-05", "demo": true},
          {"name": "relief_expense.step", "value": "1.00", "from": "2020-09-05", "demo": true},
          {"name": "relief_urgent.standards", "value": "1", "from": "2020-09-05", "demo": true},
          {"name": "relief_urgent.months", "value": 2, "from": "2020-09-05", "demo": true},
          {"name": "relief_urgent.cap", "value": "5000.00", "from": "2020-09-05", "demo": true},
          {"name": "relief_urgent.step", "value": "1.00", "from": "2020-09-05", "demo": true},
          {"name": "relief.township_limit", "value": "5000.00", "from": "2020-09-05", "demo": true},
          {"name": "elderly_allowance.amount", "value": {"60": "80.00", "80": "100.00", "90": "200.00"}, \#
        "from": "2020-09-05", "demo": true},
          {"name": "disability_living.amount", "value": {"1": "120.00", "2": "120.00", "3": "100.00", \#
        "4": "100.00"}, "from": "2020-09-05", "demo": true},
          {"name": "disability_living.excluded_by", "value": ["tekun"], "from": "2020-09-05", "demo": true},
          {"name": "disability_care.amount", "value": {"1": "120.00", "2": "120.00"}, "from": "2020-09-05", \#
        "demo": true},
          {"name": "disability_care.excluded_by", "value": ["tekun"], "from": "2020-09-05", "demo": true},
          {"name": "disability_care.requires_dibao", "value": "no", "from": "2020-09-05", "demo": true},
          {"name": "payment.starts", "value": "next_month", "from": "2020-09-05", "demo": true}
         ],
         "deadlines": [
          {"programme": "dibao", "step": "decision", "rule": "12wd", "warning": "3wd", \#
        "starts": "application_complete", "stops": "decision", "article": "二、三是压缩时限"},
          {"programme": "tekun", "step": "decision", "rule": "12wd", "warning": "3wd", \#
        "starts": "application_complete", "stops": "decision", "article": "二、三是压缩时限"},
          {"programme": "relief_expense", "step": "decision", "rule": "12wd", "warning": "3wd", \#
        "starts": "application_complete", "stops": "decision", "article": "二、三是压缩时限"},
          {"programme": "relief_urgent", "step": "relief", "rule": "24h", "warning": "6h", "starts": "request", \#
        "stops": "relief", "article": "二、三是压缩时限"},
          {"programme": "relief_urgent", "step": "registration", "rule": "5wd", "warning": "2wd", "starts": "relief", \#
        "stops": "registration", "article": "二、三是压缩时限"},
          {"programme": "dibao", "step": "recheck", "rule": "12m", "warning": "30d", \#
        "starts": "decision", "stops": "recheck", "demo": true},
          {"programme": "dibao", "step": "grace", "rule": "6m", "starts": "decision", "stops": "stop", "demo": true},
          {"programme": "tekun", "step": "recheck", "rule": "12m", "warning": "30d", \#
        "starts": "decision", "stops": "recheck", "demo": true},
          {"programme": "elderly_allowance", "step": "alive_check", "rule": "12m", "warning": "30d", \#
        "starts": "decision", "stops": "alive_check", "demo": true},
          {"programme": "dibao", "step": "roll_check", "rule": "12m", "warning": "30d", \#
        "starts": "report", "stops": "report", "demo": true},
          {"programme": "tekun", "step": "roll_check", "rule": "12m", "warning": "30d", \#
        "starts": "report", "stops": "report", "demo": true},
          {"step": "delivery", "rule": "3wd", "starts": "issued", "stops": "delivered", "demo": true}
         ],
         "notice": {"step": "notice", "rule": "7d", "starts": "posted", "stops": "removed", "demo": true},
         "hotline": {"number": "0632-0000000", "demo": true},
         "documents": [
          {"code": "application", "zh": "低保申请表", "en": "Application", "article": "二、四是规范文书"},
          {"code": "authorisation", "zh": "授权委托书", "en": "Authorisation", "article": "二、四是规范文书"},
          {"code": "commitment", "zh": "守信承诺书", "en": "Commitment", "article": "四、一是建立健全社会救助监管机制"},
          {"code": "acceptance", "zh": "受理通知书", "en": "Acceptance", "demo": true},
          {"code": "survey", "zh": "入户调查表", "en": "Survey", "demo": true},
          {"code": "approval", "zh": "审批表", "en": "Approval", "demo": true},
          {"code": "rejection", "zh": "低保申请不予批准告知书", "en": "Rejection", "article": "二、四是规范文书"},
          {"code": "adjustment", "zh": "低保金调整（停发）告知书", "en": "Adjustment or stop", "article": "二、四是规范文书"},
          {"code": "public_notice", "zh": "公示单", "en": "Public notice", "article": "二、二是简化环节"},
          {"code": "democratic_review", "zh": "民主评议记录", "en": "Democratic review", "article": "二、二是简化环节"},
          {"code": "relief_receipt", "zh": "先行救助单", "en": "Relief receipt", "demo": true},
          {"code": "leaflet", "zh": "社会救助政策明白纸", "en": "Leaflet", "article": "四、三是全面提高社会救助政策知晓率"}
         ],
         "basis": [
          {"code": "authority", "zh": "依据峄政发〔2020〕14号，由镇（街）受理、审核、审批", \#
        "en": "Decided by the township under Yizhengfa 2020 No. 14", "article": "一、三是镇（街）职责"},
          {"code": "check_first", "zh": "先核后保、应核尽核", "en": "Checked before it is granted", \#
        "article": "四、二是加快推进社会救助信息化建设"},
          {"code": "rejection", "zh": "经核对不符合相关规定的，向申请人书面告知理由", \#
        "en": "Who does not qualify is told the reasons in writing", "article": "二、一是优化流程"},
          {"code": "objection", "zh": "对公示有异议的，由镇（街）组织开展民主评议", \#
        "en": "On an objection the township holds a democratic review", "article": "二、二是简化环节"}
         ],
         "proofs": [
          {"code": "application", "zh": "申请表", "en": "Application form", \#
        "issuer": {"zh": "申请人填写", "en": "the applicant"}, "basis": "《社会救助暂行办法》第十一、十六、四十八条", "article": "二、四是规范文书"},
          {"code": "authorisation", "zh": "授权委托书", "en": "Authorisation", "programmes": ["dibao", "tekun", "relief_expense"], \#
        "issuer": {"zh": "申请人填写", "en": "the applicant"}, "basis": "《社会救助暂行办法》第五十八条", "article": "二、四是规范文书"},
          {"code": "commitment", "zh": "守信承诺书", "en": "Commitment", \#
        "issuer": {"zh": "申请人填写", "en": "the applicant"}, "basis": "《社会救助暂行办法》第五十八条", "article": "四、一是建立健全社会救助监管机制"},
          {"code": "identity_card", "zh": "居民身份证（当场查验）", "en": "Identity card (shown)", \#
        "issuer": {"zh": "公安部门", "en": "the police"}, "basis": "《居民身份证法》第十三条", "demo": true},
          {"code": "account", "zh": "一本通银行卡或存折", "en": "Bank card or book", \#
        "issuer": {"zh": "开户银行", "en": "the bank"}, "basis": "峄政发〔2020〕14号一、三", "demo": true},
          {"code": "medical_bills", "zh": "自付费用票据", "en": "Bills paid by oneself", "programmes": ["relief_expense"], \#
        "issuer": {"zh": "医院、学校等", "en": "hospital, school"}, "basis": "国发〔2014〕47号", "demo": true},
          {"code": "emergency", "zh": "急难情形的佐证", "en": "Evidence of the emergency", "programmes": ["relief_urgent"], \#
        "issuer": {"zh": "事发单位或医院", "en": "who dealt with it"}, "basis": "国发〔2014〕47号", "demo": true},
          {"code": "no_dibao_elsewhere", "zh": "户籍地未享受低保证明", "en": "Certificate of no allowance elsewhere", "programmes": ["dibao"], \#
        "issuer": {"zh": "户籍地民政部门", "en": "civil affairs there"}, "basis": "峄政发〔2020〕14号二、四", "shared": true, "article": "二、四是规范文书"},
          {"code": "household_register", "zh": "户籍信息", "en": "Household registration", \#
        "issuer": {"zh": "公安部门", "en": "the police"}, "basis": "《社会救助暂行办法》第五十八条", "shared": true, "demo": true},
          {"code": "marriage", "zh": "婚姻登记信息", "en": "Marriage registration", \#
        "issuer": {"zh": "民政部门", "en": "civil affairs"}, "basis": "《社会救助暂行办法》第五十八条", "shared": true, "demo": true},
          {"code": "death", "zh": "死亡、火化信息", "en": "Death and cremation", \#
        "issuer": {"zh": "公安、民政部门", "en": "police and civil affairs"}, "basis": "《社会救助暂行办法》第五十八条", "shared": true, "demo": true},
          {"code": "deposits", "zh": "存款、证券、保险信息", "en": "Deposits, securities, insurance", "programmes": ["dibao", "tekun", "relief_expense"], \#
        "issuer": {"zh": "核对平台", "en": "the checking platform"}, "basis": "《社会救助暂行办法》第五十八条", "shared": true, "demo": true},
          {"code": "tax", "zh": "纳税、工商登记信息", "en": "Tax and business registration", "programmes": ["dibao", "tekun", "relief_expense"], \#
        "issuer": {"zh": "税务、市场监管部门", "en": "tax and market offices"}, "basis": "《社会救助暂行办法》第五十八条", "shared": true, "demo": true},
          {"code": "social_insurance", "zh": "社会保险、公积金信息", "en": "Social insurance, housing fund", "programmes": ["dibao", "tekun", "relief_expense"], \#
        "issuer": {"zh": "人社、公积金部门", "en": "insurance and fund offices"}, "basis": "《社会救助暂行办法》第五十八条", "shared": true, "demo": true},
          {"code": "real_estate", "zh": "不动产登记信息", "en": "Real estate", "programmes": ["dibao", "tekun", "relief_expense"], \#
        "issuer": {"zh": "不动产登记机构", "en": "the land registry"}, "basis": "《社会救助暂行办法》第五十八条", "shared": true, "demo": true},
          {"code": "vehicles", "zh": "车辆登记信息", "en": "Vehicles", "programmes": ["dibao", "tekun", "relief_expense"], \#
        "issuer": {"zh": "公安交管部门", "en": "the traffic police"}, "basis": "《社会救助暂行办法》第五十八条", "shared": true, "demo": true},
          {"code": "disability_certificate", "zh": "残疾人证信息", "en": "Disability certificate", "programmes": ["tekun", "disability_living", "disability_care"], \#
        "issuer": {"zh": "残联", "en": "the disabled persons’ federation"}, "basis": "国发〔2015〕52号", "shared": true, "demo": true}
         ]
        }
        """#
}
