import SyncEngine

/// Property limits of the pack: deposits a person ≤ k × standard, vehicles, houses, premises, active company;
/// exemption codes in the code lists (DOMAIN section 5).
extension Calculator {
    /// Whether the household's property is within every limit.
    mutating func isPropertyWithinLimits(standard: Ratio) throws -> Bool {
        let counted = try countedProperty()
        let deposits = try areDepositsWithinLimit(counted.filter { $0.type == .deposit }, standard: standard)
        var isWithin = deposits
        let limits: [(PropertyType, String)] = [
            (.vehicle, "property.vehicles"), (.house, "property.houses"), (.premises, "property.premises"),
            (.company, "property.companies"),
        ]
        for (type, name) in limits {
            let (parameter, limit) = try count(name)
            let number = counted.count { $0.type == type }
            guard number > 0 else { continue }
            let isFine = number <= limit
            say(
                isFine ? "property.within" : "property.above",
                "\(type.title) \(number)，限额 \(limit)：\(isFine ? "符合" : "超过")",
                "\(type.rawValue): \(number), limit \(limit): \(isFine ? "within" : "above")", by: parameter,
                item: counted.first { $0.type == type }?.id, law: .assistance9)
            isWithin = isWithin && isFine
        }
        return isWithin
    }

    private mutating func countedProperty() throws -> [CalculationInput.Property] {
        let (parameter, exemptions) = try codes("property.exemptions")
        var counted: [CalculationInput.Property] = []
        for item in input.properties.sorted(by: { $0.id < $1.id }) {
            guard let code = item.exemption, code != "00" else {
                counted.append(item)
                continue
            }
            if exemptions.contains(code), item.type.fittingExemptions.contains(code) {
                say(
                    "property.exempt", "豁免：\(CodeLists.assetExemption[code] ?? code)", "exempt, code \(code)",
                    by: parameter, item: item.id)
            } else {
                warn(
                    "property \(item.id) exemption", "豁免代码 \(code) 不适用于\(item.type.title)，仍计入",
                    "exemption \(code) does not fit a \(item.type.rawValue): it counts")
                counted.append(item)
            }
        }
        return counted
    }

    private mutating func areDepositsWithinLimit(
        _ deposits: [CalculationInput.Property], standard: Ratio
    ) throws -> Bool {
        let (parameter, times) = try ratio("property.deposit.standards_per_person")
        var total = Ratio.zero
        for deposit in deposits {
            guard let value = deposit.valueFen else {
                missing(
                    "property \(deposit.id) value", "存款缺金额，例如 \"5000.00\"",
                    "a deposit needs its value, such as \"5000.00\"")
                continue
            }
            total = total + Ratio(value)
        }
        let limit = times * standard * size
        let isWithin = total <= limit
        guard !deposits.isEmpty else { return true }
        say(
            isWithin ? "property.deposits_within" : "property.deposits_above",
            "存款合计\(isWithin ? "未超过" : "超过")限额 \(Yuan.reading(limit)) 元（人数 × 标准 × \(parameter.text)）",
            "deposits \(isWithin ? "within" : "above") the limit of \(Yuan.reading(limit)) yuan (persons × standard × \(parameter.text))",
            total, by: parameter, law: .assistance9)
        return isWithin
    }
}
