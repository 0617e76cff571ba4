package import SyncEngine

/// The packs that may be calculated with: the one that comes with the programs, and the activated ones whose signature
/// is a trusted district key's.
package struct PolicyShelf: Sendable {
    package let packs: [PolicyPack]
    /// Packs that were passed over, and why.
    package let findings: [Finding]

    /// The shelf of a program that has no records.
    package static let included = PolicyShelf(packs: [.yicheng2020], findings: [])

    init(packs: [PolicyPack], findings: [Finding]) {
        self.packs = packs
        self.findings = findings
    }

    /// - Parameters:
    ///   - records: of the kinds `policy_pack` and `district_key`.
    ///   - region: of the township or the station: a pack of another district does not apply there.
    ///   - isValid: whether a signature is of these bytes and this public key.
    package init(
        records: [Record], region: Scope, isValid: (_ signature: [UInt8], _ bytes: [UInt8], _ key: [UInt8]) -> Bool
    ) {
        let trusted = Self.trustedKeys(records)
        var packs = [PolicyPack.yicheng2020].filter { $0.region.covers(region) }
        var findings: [Finding] = []
        for record in records.compactMap(PolicyPackRecord.init) where record.activatedAt != nil {
            guard trusted.contains(record.key),
                isValid(record.signature, PolicyPackRecord.signedBytes(record.content), record.key),
                let pack = PolicyPack.read(record.content).pack, pack.name == record.name, pack.region.covers(region)
            else {
                findings.append(
                    Finding(
                        .warning, field: "pack",
                        Label(
                            zh: "政策包 \(record.name) 的签名或内容不可信，未采用",
                            en: "Policy pack \(record.name) is not used: its signature or content is not trusted")))
                continue
            }
            packs.append(pack)
        }
        self.init(packs: packs, findings: findings)
    }

    /// The public keys that the township trusts.
    package static func trustedKeys(_ records: [Record]) -> Set<[UInt8]> {
        Set(
            records.filter { $0.kind == districtKeyKind.name && !$0.isDeleted }
                .compactMap { $0.value("key", in: districtKeyKind).text.flatMap { Hex.decode($0) } })
    }

    /// The pack that governs on a day.
    /// - Throws: ``Problem`` ``Problem/Code/unknownPack`` before the first begins.
    package func pack(on day: CalendarDay) throws -> PolicyPack {
        guard let pack = PolicyPack.governing(day, among: packs) else {
            throw Problem(
                .unknownPack, "\(day)",
                explanation: Label(zh: "这一天还没有政策包施行", en: "No policy pack is in force yet on this day"))
        }
        return pack
    }

    /// Days before its end from which a pack without a successor is told of every night (R69).
    package static let alertDays: Int32 = 90

    /// The policy that governs has ended, or ends soon, and no other follows it.
    package func expiryAlerts(on day: CalendarDay) -> [Finding] {
        guard let pack = PolicyPack.governing(day, among: packs) else {
            return [Finding(.warning, field: "pack", Label(zh: "没有政策包在施行", en: "No policy pack is in force"))]
        }
        if day > pack.until { return [pack.endedWarning] }
        let next = CalendarDay(daysSinceEpoch: pack.until.daysSinceEpoch + 1)
        let isFollowed = packs.contains { $0.isInForce(on: next) }
        guard !isFollowed, pack.until.daysSinceEpoch - day.daysSinceEpoch <= Self.alertDays else { return [] }
        return [
            Finding(
                .warning, field: "pack",
                Label(
                    zh: "政策包 \(pack.name) 将于 \(pack.until) 到期，还没有后续政策",
                    en: "Policy pack \(pack.name) ends on \(pack.until), and none follows"))
        ]
    }

    /// The pack that a case of this day was opened under; one from before the first pack takes today's.
    package func pack(openedOn day: CalendarDay, today: CalendarDay) -> PolicyPack? {
        PolicyPack.governing(day, among: packs) ?? PolicyPack.governing(today, among: packs)
    }

    /// The working days: those of the program, and the years that packs bring or correct, the later issue last. A pack
    /// that names a day of a year lists that year's exceptions in full; a year beyond a gap is not known.
    package var calendar: WorkCalendar {
        var calendar = WorkCalendar.compiled
        for pack in packs.sorted(by: { ($0.issued, $0.version) < ($1.issued, $1.version) }) {
            let years = Dictionary(grouping: pack.calendar) { $0.day.components.year }
            for (year, days) in years.sorted(by: { $0.key < $1.key }) {
                let exceptions = days.map {
                    ($0.day, WorkCalendar.Exception(isWorked: $0.isWorking, holiday: Holiday($0.name)))
                }
                calendar = calendar.extended(by: Dictionary(exceptions) { $1 }, year: year) ?? calendar
            }
        }
        return calendar
    }

    /// The pack by its name, such as `370404-2020-14@1`: what a case was opened under.
    /// - Throws: ``Problem`` ``Problem/Code/unknownPack``.
    package func pack(named name: String) throws -> PolicyPack {
        guard let pack = packs.first(where: { $0.name == name }) else { throw Problem(.unknownPack, name) }
        return pack
    }
}
