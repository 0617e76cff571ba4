package import SyncEngine

/// The uniform 入户调查表, version 1: what a station asks while the township has made no form. It is the same document
/// that `ruhu-server form import` takes, and a beginning for one's own.
package enum UniformSurvey {
    package static let name = "household_survey"

    /// - Throws: ``Problem`` ``Problem/Code/internalError`` when the document below is not valid, which a test excludes.
    package static func form(schema: Schema) throws -> Form {
        let documents = try JSONParser.documents(Array(text.utf8))
        guard documents.count == 1, let form = FormReader.read(documents[0], schema: schema).form else {
            throw Problem(.internalError, name)
        }
        return form
    }

    package static let text = #"""
        {
          "form": "household_survey", "version": 1, "title": {"zh": "入户调查表", "en": "Household survey"},
          "questions": [
            {
              "id": "visited_on", "text": {"zh": "走访日期", "en": "Date of the visit"}, "type": "date",
              "required": true, "field": "visit.when", "default": "today", "fresh": true
            },
            {
              "id": "surveyors", "text": {"zh": "调查人（不少于两人）", "en": "Surveyors (at least two)"}, "type": "texts",
              "required": true, "field": "visit.surveyors", "at_least": 2, "at_most": 6, "example": "王秀英、李建国"
            },
            {
              "id": "where", "text": {"zh": "走访地点", "en": "Place of the visit"}, "type": "text",
              "field": "visit.where", "default": "家中"
            },
            {
              "id": "number", "text": {"zh": "户编号", "en": "Household number"}, "type": "text", "required": true,
              "field": "household.number", "example": "012"
            },
            {
              "id": "address", "text": {"zh": "住址", "en": "Address"}, "type": "text", "required": true,
              "field": "household.address", "example": "三组 12 号"
            },
            {
              "id": "phones", "text": {"zh": "联系电话", "en": "Telephone numbers"}, "type": "texts",
              "field": "household.phones", "example": "13812345678"
            },
            {
              "id": "hukou_type", "text": {"zh": "户口性质", "en": "Registration type"}, "type": "choice",
              "field": "household.hukou_type", "show": ["20", "10", "50"]
            },
            {
              "id": "villager_group", "text": {"zh": "村民小组", "en": "Villager group"}, "type": "text",
              "field": "household.villager_group", "example": "三组"
            },
            {
              "id": "tenure", "text": {"zh": "住房权属", "en": "Tenure of the dwelling"}, "type": "choice",
              "field": "household.tenure",
              "choices": [
                {"code": "自有", "zh": "自有", "en": "owned"}, {"code": "租住", "zh": "租住", "en": "rented"},
                {"code": "借住", "zh": "借住", "en": "borrowed"}, {"code": "公房", "zh": "公房", "en": "public"}
              ]
            },
            {
              "id": "building_type", "text": {"zh": "房屋类型", "en": "Type of building"}, "type": "choice",
              "field": "household.building_type",
              "choices": [
                {"code": "平房", "zh": "平房", "en": "single-storey"}, {"code": "楼房", "zh": "楼房", "en": "storeyed"},
                {"code": "窑洞", "zh": "窑洞", "en": "cave dwelling"}, {"code": "其他", "zh": "其他", "en": "other"}
              ]
            },
            {
              "id": "structure", "text": {"zh": "房屋结构", "en": "Structure"}, "type": "choice",
              "field": "household.structure",
              "choices": [
                {"code": "砖混", "zh": "砖混", "en": "brick and concrete"},
                {"code": "砖木", "zh": "砖木", "en": "brick and timber"},
                {"code": "土木", "zh": "土木", "en": "earth and timber"}, {"code": "其他", "zh": "其他", "en": "other"}
              ]
            },
            {
              "id": "rooms", "text": {"zh": "房间数", "en": "Rooms"}, "type": "number", "field": "household.rooms",
              "unit": {"zh": "间", "en": "rooms"}, "at_least": 0, "at_most": 50
            },
            {
              "id": "floor_area", "text": {"zh": "建筑面积", "en": "Floor area"}, "type": "number",
              "field": "household.floor_area_m2", "unit": {"zh": "平方米", "en": "m²"}, "at_least": 0,
              "at_most": 2000
            },
            {
              "id": "water", "text": {"zh": "饮水", "en": "Drinking water"}, "type": "choice",
              "field": "household.water",
              "choices": [
                {"code": "自来水", "zh": "自来水", "en": "piped"}, {"code": "井水", "zh": "井水", "en": "well"},
                {"code": "其他", "zh": "其他", "en": "other"}
              ]
            },
            {
              "id": "electricity", "text": {"zh": "是否通电", "en": "Electricity"}, "type": "yes_no",
              "field": "household.electricity"
            },
            {
              "id": "farmland", "text": {"zh": "耕地", "en": "Farmland"}, "type": "number", "decimals": 2,
              "field": "household.farmland_centimu", "unit": {"zh": "亩", "en": "mu"}, "at_least": 0,
              "at_most": 1000, "example": "3.50"
            },
            {
              "id": "livestock", "text": {"zh": "养殖情况", "en": "Livestock"}, "type": "text",
              "field": "household.livestock", "example": "羊 3 只"
            },
            {
              "id": "members", "group": "member", "text": {"zh": "家庭成员", "en": "Members"},
              "key": ["id_number", "name"], "at_least": 1, "at_most": 30,
              "questions": [
                {
                  "id": "name", "text": {"zh": "姓名", "en": "Name"}, "type": "text", "required": true,
                  "field": "member.name"
                },
                {
                  "id": "id_number", "text": {"zh": "身份证号", "en": "Identity number"}, "type": "text",
                  "required": true, "field": "member.id_number", "example": "11010519491231002X"
                },
                {
                  "id": "relation", "text": {"zh": "与户主关系", "en": "Relation to the head"}, "type": "choice",
                  "required": true, "field": "member.relation",
                  "show": ["02", "10", "20", "30", "38", "28", "41", "42", "51", "52"]
                },
                {
                  "id": "in_household", "text": {"zh": "是否共同生活", "en": "Lives in the household"},
                  "type": "yes_no", "required": true, "field": "member.in_household", "default": true
                },
                {
                  "id": "in_household_reason", "text": {"zh": "不再共同生活的原因", "en": "Why not"}, "type": "text",
                  "required": true, "when": {"equals": ["in_household", false]},
                  "field": "member.in_household_reason", "example": "婚嫁迁出"
                },
                {
                  "id": "death_date", "text": {"zh": "死亡日期（健在的跳过）", "en": "Date of death (skip if alive)"},
                  "type": "date", "when": {"equals": ["in_household", false]}, "field": "member.death_date"
                },
                {
                  "id": "marital", "text": {"zh": "婚姻状况", "en": "Marital status"}, "type": "choice",
                  "when": {"equals": ["in_household", true]}, "field": "member.marital",
                  "show": ["10", "20", "30", "40"]
                },
                {
                  "id": "education", "text": {"zh": "文化程度", "en": "Education"}, "type": "choice",
                  "when": {"equals": ["in_household", true]}, "field": "member.education",
                  "choices": [
                    {"code": "文盲", "zh": "文盲", "en": "none"}, {"code": "小学", "zh": "小学", "en": "primary"},
                    {"code": "初中", "zh": "初中", "en": "lower secondary"},
                    {"code": "高中", "zh": "高中", "en": "upper secondary"},
                    {"code": "大专及以上", "zh": "大专及以上", "en": "tertiary"},
                    {"code": "学龄前", "zh": "学龄前", "en": "below school age"}
                  ]
                },
                {
                  "id": "employment", "text": {"zh": "就业状况", "en": "Employment"}, "type": "choice",
                  "when": {"equals": ["in_household", true]}, "field": "member.employment",
                  "show": ["27", "24", "31", "54", "70", "80", "90"]
                },
                {
                  "id": "health", "text": {"zh": "健康状况", "en": "Health"}, "type": "choice", "required": true,
                  "when": {"equals": ["in_household", true]}, "field": "member.health",
                  "show": ["1", "2", "3", "6"]
                },
                {
                  "id": "disease", "text": {"zh": "所患疾病", "en": "Disease"}, "type": "text",
                  "when": {"all": [{"equals": ["in_household", true]}, {"not": {"in": ["health", ["1", "10"]]}}]},
                  "field": "member.disease", "example": "高血压"
                },
                {
                  "id": "disabled", "text": {"zh": "是否持有残疾人证", "en": "Holds a disability certificate"},
                  "type": "yes_no", "when": {"equals": ["in_household", true]},
                  "default_if_set": "disability_certificate"
                },
                {
                  "id": "disability_certificate", "text": {"zh": "残疾人证号", "en": "Disability certificate"},
                  "type": "text", "required": true, "when": {"equals": ["disabled", true]},
                  "field": "member.disability_certificate", "example": "11010519491231002X42",
                  "help": {"zh": "20 位：身份证号加残疾类别、等级", "en": "20 characters: identity number, type, grade"}
                },
                {
                  "id": "disability_type", "text": {"zh": "残疾类别", "en": "Type of disability"}, "type": "choice",
                  "required": true, "when": {"equals": ["disabled", true]}, "field": "member.disability_type"
                },
                {
                  "id": "disability_grade", "text": {"zh": "残疾等级", "en": "Grade"}, "type": "choice",
                  "required": true, "when": {"equals": ["disabled", true]}, "field": "member.disability_grade"
                },
                {
                  "id": "disability_expiry", "text": {"zh": "残疾人证有效期至", "en": "Certificate valid until"},
                  "type": "date", "when": {"equals": ["disabled", true]}, "field": "member.disability_expiry"
                },
                {
                  "id": "labour_ability", "text": {"zh": "劳动能力", "en": "Ability to work"}, "type": "choice",
                  "required": true, "when": {"equals": ["in_household", true]}, "field": "member.labour_ability",
                  "choices": [
                    {"code": "full", "zh": "有劳动能力", "en": "full"},
                    {"code": "partial", "zh": "部分丧失", "en": "partial"},
                    {"code": "none", "zh": "完全丧失", "en": "none"}
                  ]
                },
                {
                  "id": "self_care", "text": {"zh": "自理能力", "en": "Self-care"}, "type": "choice",
                  "when": {"all": [{"equals": ["in_household", true]}, {"not": {"in": ["labour_ability", ["full"]]}}]},
                  "field": "member.self_care",
                  "choices": [
                    {"code": "full", "zh": "能自理", "en": "full"},
                    {"code": "partial", "zh": "部分丧失", "en": "partial"},
                    {"code": "none", "zh": "完全丧失", "en": "none"}
                  ]
                }
              ]
            },
            {
              "id": "head", "text": {"zh": "户主", "en": "Head of the household"}, "type": "member",
              "required": true, "field": "household.head"
            },
            {
              "id": "incomes", "group": "income_item", "text": {"zh": "收入", "en": "Incomes"}, "at_most": 60,
              "removable": true,
              "questions": [
                {
                  "id": "income_member", "text": {"zh": "谁的收入", "en": "Whose income"}, "type": "member",
                  "required": true, "field": "income_item.member"
                },
                {
                  "id": "income_type", "text": {"zh": "收入类型", "en": "Type of income"}, "type": "choice",
                  "required": true, "field": "income_item.type"
                },
                {
                  "id": "income_period", "text": {"zh": "多久一次", "en": "How often"}, "type": "choice",
                  "required": true, "field": "income_item.period",
                  "choices": [
                    {"code": "month", "zh": "每月", "en": "a month"},
                    {"code": "quarter", "zh": "每季", "en": "a quarter"},
                    {"code": "year", "zh": "每年", "en": "a year"}, {"code": "once", "zh": "一次性", "en": "once"}
                  ]
                },
                {
                  "id": "income_amount", "text": {"zh": "每次金额", "en": "Amount each time"}, "type": "money",
                  "required": true, "field": "income_item.amount_fen", "at_least": 0, "example": "1200.00"
                },
                {
                  "id": "income_evidence", "text": {"zh": "依据", "en": "Evidence"}, "type": "text",
                  "field": "income_item.evidence", "example": "工资流水"
                }
              ]
            },
            {
              "id": "expenses", "group": "expense_item", "text": {"zh": "刚性支出", "en": "Rigid expenses"},
              "at_most": 60, "removable": true,
              "questions": [
                {
                  "id": "expense_type", "text": {"zh": "支出类型", "en": "Type of expense"}, "type": "choice",
                  "required": true, "field": "expense_item.type"
                },
                {
                  "id": "expense_member", "text": {"zh": "谁的支出", "en": "Whose expense"}, "type": "member",
                  "field": "expense_item.member"
                },
                {
                  "id": "expense_amount", "text": {"zh": "总金额", "en": "Total"}, "type": "money",
                  "required": true, "field": "expense_item.amount_fen", "at_least": 0, "example": "3500.00"
                },
                {
                  "id": "expense_reimbursed", "text": {"zh": "其中报销", "en": "Reimbursed of it"}, "type": "money",
                  "field": "expense_item.reimbursed_fen", "at_least": 0, "example": "2000.00"
                },
                {
                  "id": "expense_paid", "text": {"zh": "其中自付", "en": "Paid oneself"}, "type": "money",
                  "field": "expense_item.paid_fen", "at_least": 0, "example": "1500.00"
                },
                {
                  "id": "bill_no", "text": {"zh": "票据号", "en": "Bill number"}, "type": "text",
                  "field": "expense_item.bill_no"
                }
              ]
            },
            {
              "id": "property", "group": "property_item", "text": {"zh": "财产", "en": "Property"}, "at_most": 60,
              "removable": true,
              "questions": [
                {
                  "id": "property_type", "text": {"zh": "财产类型", "en": "Type of property"}, "type": "choice",
                  "required": true, "field": "property_item.type",
                  "choices": [
                    {"code": "存款", "zh": "存款", "en": "deposit"}, {"code": "车辆", "zh": "车辆", "en": "vehicle"},
                    {"code": "房屋", "zh": "房屋", "en": "house"}, {"code": "农机", "zh": "农机", "en": "farm machine"},
                    {"code": "经营实体", "zh": "经营实体", "en": "business"}, {"code": "其他", "zh": "其他", "en": "other"}
                  ]
                },
                {
                  "id": "plate", "text": {"zh": "车牌号", "en": "Licence plate"}, "type": "text", "required": true,
                  "when": {"equals": ["property_type", "车辆"]}, "field": "property_item.plate",
                  "example": "鲁D12345"
                },
                {
                  "id": "certificate", "text": {"zh": "权证号", "en": "Certificate number"}, "type": "text",
                  "when": {"equals": ["property_type", "房屋"]}, "field": "property_item.certificate"
                },
                {
                  "id": "property_value", "text": {"zh": "价值", "en": "Value"}, "type": "money", "required": true,
                  "field": "property_item.value_fen", "at_least": 0, "example": "20000.00"
                },
                {
                  "id": "owner", "text": {"zh": "所有人", "en": "Owner"}, "type": "member",
                  "field": "property_item.owner"
                }
              ]
            },
            {
              "id": "assistance_received", "text": {"zh": "是否正在享受救助", "en": "Receives assistance now"},
              "type": "yes_no", "field": "household.assistance_received"
            },
            {
              "id": "poverty_causes", "text": {"zh": "致困原因（可多选）", "en": "Causes of poverty (several)"},
              "type": "choices", "required": true, "field": "household.poverty_causes", "at_least": 1
            },
            {
              "id": "remarks", "text": {"zh": "备注", "en": "Remarks"}, "type": "text",
              "field": "household.remarks"
            },
            {
              "id": "summary", "text": {"zh": "走访小结", "en": "Summary of the visit"}, "type": "text",
              "field": "visit.summary", "fresh": true
            }
          ]
        }
        """#
}
