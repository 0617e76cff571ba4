package import SyncEngine

extension PolicyParameter {
    /// What people call it; the name itself of one that this program does not know.
    package var label: Label { Self.labels[name] ?? Label(zh: name, en: name) }

    /// By name: one for each of ``PolicyParameterType/all``.
    package static let labels: [String: Label] = [
        "dibao.mode": Label(zh: "低保金计算方式", en: "How dibao is calculated"),
        "dibao.standard.urban": Label(zh: "城市低保标准（元/月）", en: "Urban dibao standard (yuan a month)"),
        "dibao.standard.rural": Label(zh: "农村低保标准（元/月）", en: "Rural dibao standard (yuan a month)"),
        "dibao.step": Label(zh: "低保金取整到（元）", en: "Dibao is rounded to (yuan)"),
        "dibao.grade.income_up_to": Label(zh: "各档人均收入上限（标准的倍数）", en: "Income up to, by grade (times the standard)"),
        "dibao.grade.amount": Label(zh: "各档补助金额（元）", en: "Amount by grade (yuan)"),
        "dibao.supplement.severe_illness": Label(zh: "重病增发比例", en: "Supplement for severe illness"),
        "dibao.supplement.severe_illness.health": Label(zh: "按重病增发的健康状况", en: "Health that counts as severe illness"),
        "dibao.supplement.severe_disability": Label(zh: "重残增发比例", en: "Supplement for severe disability"),
        "dibao.supplement.severe_disability.grades": Label(
            zh: "按重残增发的残疾等级", en: "Grades that count as severe disability"),
        "dibao.supplement.age": Label(zh: "老年增发比例", en: "Supplement for age"),
        "dibao.supplement.age.from": Label(zh: "老年增发的起始年龄", en: "Age from which it is paid"),
        "dibao.supplement.minor": Label(zh: "未成年人增发比例", en: "Supplement for minors"),
        "dibao.supplement.minor.under": Label(zh: "未成年人的年龄界限", en: "Minors are younger than"),
        "income.excluded_types": Label(zh: "不计入家庭收入的种类", en: "Income that is not counted"),
        "income.job_cost": Label(zh: "务工成本扣除比例", en: "Costs of work, a share of wages"),
        "expense.deductible_types": Label(zh: "可以扣减的刚性支出种类", en: "Expenses that may be deducted"),
        "property.deposit.standards_per_person": Label(
            zh: "人均存款上限（标准的倍数）", en: "Deposits a person (times the standard)"),
        "property.vehicles": Label(zh: "车辆数量上限", en: "Vehicles at most"),
        "property.houses": Label(zh: "住房套数上限", en: "Houses at most"),
        "property.premises": Label(zh: "经营用房数量上限", en: "Business premises at most"),
        "property.companies": Label(zh: "公司数量上限", en: "Companies at most"),
        "property.exemptions": Label(zh: "财产豁免的情形", en: "What exempts from the limits on property"),
        "tekun.age.from": Label(zh: "特困老年人的起始年龄", en: "Tekun: old from this age"),
        "tekun.minor.under": Label(zh: "特困未成年人的年龄界限", en: "Tekun: minors are younger than"),
        "tekun.disabilities": Label(zh: "符合特困条件的残疾类别和等级", en: "Tekun: disabilities that qualify"),
        "tekun.income_up_to": Label(zh: "特困人员收入上限（标准的倍数）", en: "Tekun: income up to (times the standard)"),
        "tekun.basic": Label(zh: "特困基本生活标准（低保标准的倍数）", en: "Tekun: basic living (times the dibao standard)"),
        "tekun.care": Label(zh: "特困照料护理标准（元/月）", en: "Tekun: care (yuan a month)"),
        "tekun.step": Label(zh: "特困供养金取整到（元）", en: "Tekun is rounded to (yuan)"),
        "relief_expense.income_up_to": Label(
            zh: "支出型救助的收入上限（标准的倍数）", en: "Relief for expenses: income up to (times the standard)"),
        "relief_expense.expense_share": Label(zh: "支出型救助的支出占收入比例", en: "Relief for expenses: share of income spent"),
        "relief_expense.standards": Label(
            zh: "支出型救助标准（月低保标准的倍数）", en: "Relief for expenses: times the monthly standard"),
        "relief_expense.months": Label(zh: "支出型救助的月数", en: "Relief for expenses: months"),
        "relief_expense.cap": Label(zh: "支出型救助的最高金额（元）", en: "Relief for expenses: at most (yuan)"),
        "relief_expense.step": Label(zh: "支出型救助取整到（元）", en: "Relief for expenses is rounded to (yuan)"),
        "relief_urgent.standards": Label(zh: "急难型救助标准（月低保标准的倍数）", en: "Urgent relief: times the monthly standard"),
        "relief_urgent.months": Label(zh: "急难型救助的月数", en: "Urgent relief: months"),
        "relief_urgent.cap": Label(zh: "急难型救助的最高金额（元）", en: "Urgent relief: at most (yuan)"),
        "relief_urgent.step": Label(zh: "急难型救助取整到（元）", en: "Urgent relief is rounded to (yuan)"),
        "relief.township_limit": Label(
            zh: "镇（街）审批临时救助的额度（元）", en: "Relief that the township decides, at most (yuan)"),
        "elderly_allowance.amount": Label(
            zh: "高龄津贴（元/月，按年龄）", en: "Allowance for the very old (yuan a month, by age)"),
        "disability_living.amount": Label(
            zh: "困难残疾人生活补贴（元/月）", en: "Living allowance for disabled persons (yuan a month)"),
        "disability_living.excluded_by": Label(zh: "不能同时享受生活补贴的待遇", en: "What excludes from the living allowance"),
        "disability_care.amount": Label(
            zh: "重度残疾人护理补贴（元/月，按等级）", en: "Care allowance for severely disabled persons (yuan a month, by grade)"),
        "disability_care.excluded_by": Label(zh: "不能同时享受护理补贴的待遇", en: "What excludes from the care allowance"),
        "disability_care.requires_dibao": Label(
            zh: "护理补贴是否限于低保家庭", en: "Whether the care allowance is for dibao households only"),
        "payment.starts": Label(zh: "从哪个月起发放", en: "The first month that is paid"),
        "payment.allocated_by": Label(zh: "每月几日前发放", en: "Day of the month by which it is paid"),
    ]
}
