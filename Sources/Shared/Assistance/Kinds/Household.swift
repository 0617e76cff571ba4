package import SyncEngine

/// A household as the village survey sees it (DOMAIN section 4; 入户调查表).
package let householdKind = KindSchema(
    "household", label: Label(zh: "住户", en: "Household"), scopeField: "village", isMergeable: true,
    searchFields: ["number", "address"],
    fields: [
        field("village", .text, .tw, .personal, "村居代码", "Village", Rules.village),
        field("number", .text, .lv, .personal, "户编号", "Number", Rules.text(40)),
        field("hukou_type", .text, .lv, .personal, "户口性质", "Registration type", Rules.codes(CodeLists.hukou)),
        field("address", .text, .lv, .personal, "住址", "Address", Rules.text(200)),
        field("housing", .text, .lv, .personal, "住房情况", "Housing", Rules.text(200)),
        field("phones", .list, .su, .personal, "电话", "Phones", Rules.phone),
        field("head", .reference, .hr, .personal, "户主", "Head"),
        field(
            "poverty_causes", .list, .su, .sensitive, "致困原因", "Causes of poverty", Rules.codes(CodeLists.povertyCause)),
        field("villager_group", .text, .lv, .personal, "村民小组", "Villager group", Rules.text(40)),
        field("population", .int64, .lv, .personal, "家庭人口", "Persons", Rules.notNegative),
        field("tenure", .text, .lv, .personal, "住房权属", "Tenure", Rules.text(40)),
        field("building_type", .text, .lv, .personal, "房屋类型", "Building", Rules.text(40)),
        field("structure", .text, .lv, .personal, "房屋结构", "Structure", Rules.text(40)),
        field("rooms", .int64, .lv, .personal, "房间数", "Rooms", Rules.notNegative),
        field("floor_area_m2", .int64, .lv, .personal, "建筑面积（平方米）", "Floor area (m²)", Rules.notNegative),
        field("built_year", .int64, .lv, .personal, "建成年份", "Year built", Rules.notNegative),
        field("water", .text, .lv, .personal, "饮水", "Water", Rules.text(40)),
        field("toilet", .text, .lv, .personal, "厕所", "Toilet", Rules.text(40)),
        field("fuel", .text, .lv, .personal, "炊事燃料", "Fuel", Rules.text(40)),
        field("electricity", .bool, .lv, .personal, "通电", "Electricity"),
        field("internet", .bool, .lv, .personal, "通网", "Internet"),
        field("vehicles", .int64, .lv, .personal, "车辆数", "Vehicles", Rules.notNegative),
        field("farmland_centimu", .int64, .lv, .personal, "耕地（百分之一亩）", "Farmland (1/100 mu)", Rules.notNegative),
        field("forest_centimu", .int64, .lv, .personal, "林地（百分之一亩）", "Forest (1/100 mu)", Rules.notNegative),
        field("livestock", .text, .lv, .personal, "养殖", "Livestock", Rules.text(200)),
        field("main_income", .text, .lv, .personal, "主要收入来源", "Main income", Rules.text(200)),
        field(
            "annual_income_fen", .int64, .lv, .sensitive, "申报年收入（分）", "Declared annual income (fen)", Rules.notNegative),
        field("assistance_received", .bool, .lv, .sensitive, "正在享受救助", "Receives assistance"),
        field("surveyed_on", .date, .lv, .personal, "调查日期", "Surveyed on", Rules.past),
        field("remarks", .text, .lv, .personal, "备注", "Remarks", Rules.text(2000)),
    ])

extension Linked {
    /// Who is the head of this household (DOMAIN section 4): whom `head` names, else who stands to the head as 户主 or 本人
    /// (GB/T 4761); among several who live there first, then the first by id.
    /// - Parameter members: those of the household, each standing for itself.
    package func head(among members: [Linked]) -> Linked? {
        let named = value("head").recordID
        return members.first { $0.record.id == named } ?? presumedHead(among: members)
    }

    fileprivate func presumedHead(among members: [Linked]) -> Linked? {
        func place(_ member: Linked) -> (Int, Int, RecordID) {
            let isThere = member.value("death_date").isNull && member.value("in_household") != .bool(false)
            return (isThere ? 0 : 1, member.text("relation") == "02" ? 0 : 1, member.record.id)
        }
        return members.filter { ["01", "02"].contains($0.text("relation")) }.min { place($0) < place($1) }
    }
}

extension LinkedRecords {
    /// The head of a household, or whom they were merged into.
    /// - Throws: what reading throws.
    package func head(of household: Linked, among members: [Linked]) throws -> Linked? {
        let named = try household.value("head").recordID.flatMap { try record($0, kind: memberKind) }
        let standing = try named.flatMap { Linked(try canonical($0, kind: memberKind)) }
        return standing ?? household.presumedHead(among: members)
    }
}
