import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// Finding households: by number, address, a member's name, pinyin initials, or a whole identity number.
struct HouseholdSearch {
    static let pageHouseholds = 50
    /// Characters that are searched for, at most.
    static let textCharacters = 60

    let tables: RecordTables
    let database: Database

    /// A household, and what of it was found.
    struct Hit: Sendable {
        let household: Linked
        let head: String?
        let people: Int
        /// The member who was found; `nil` when it was the household itself, or nothing was searched.
        let member: Linked?
    }

    struct Found: Sendable {
        var hits: [Hit] = []
        /// Where the next page goes on; `nil` at the end.
        var next: String?
    }

    /// Whether a text is a whole identity number, which goes into no address.
    static func isIdentityNumber(_ text: String) -> Bool {
        let text = text.trimmingSpace
        return text.utf8.count == 18 && text.utf8.prefix(17).allSatisfy { (48...57).contains($0) }
    }

    /// An address is kept by browsers and proxies: an identity number does not go into one.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    static func refuseNumbers(_ text: String?) throws {
        guard let text, isIdentityNumber(text) else { return }
        throw Problem(
            .badValue, "text",
            explanation: Label(
                zh: "身份证号不能写进网址：请在查找框里输入后按回车", en: "An identity number goes into no address: use the search box"))
    }

    /// Households in order of village and number.
    /// - Parameter place: the id of the last household of the page before.
    func list(village: String?, after place: String?) throws -> Found {
        let limit = Self.pageHouseholds
        // Village by village, by the index of scopes: one village is sorted at a time.
        let order = "scope, CAST(coalesce(number, '') AS INTEGER), coalesce(number, ''), id"
        let last = place.flatMap { RecordID($0) }
        var query = try Query(
            database,
            """
            SELECT id FROM household WHERE deleted = 0 AND alias_of IS NULL AND scope >= ?1 AND scope < ?1 || ':' \
            \(last == nil ? "" : "AND scope >= (SELECT scope FROM household WHERE id = ?3) AND (\(order)) > (SELECT \(order) FROM household WHERE id = ?3)") \
            ORDER BY \(order) LIMIT ?2
            """)
        query.bind(village ?? "")
        query.bind(limit + 1)
        if let last { query.bind(last) }
        let some = try query.all { $0.id(0) }.compactMap { try tables.record($0, kind: householdKind, in: database) }
        let shown = some.prefix(limit)
        return Found(
            hits: try shown.compactMap { try hit($0, member: nil) },
            next: some.count > limit ? shown.last?.id.description : nil)
    }

    /// Households that have the text, or a member who has; an identity number only as a whole: parts of what is masked
    /// are not searched.
    func find(_ text: String, village: String?, after place: String?) throws -> Found {
        let wanted = SearchText.wanted(String(text.trimmingSpace.prefix(Self.textCharacters)))
        guard !wanted.isEmpty else { return try list(village: village, after: place) }
        var found = Found()
        var known: Set<RecordID> = []
        var last = place.flatMap { Int64($0) } ?? 0
        let kinds = [householdKind, memberKind]
        try tables.forEachFound(wanted, kinds: kinds, after: last, in: database) { row, record, kind in
            if let village, !record.scope.code.hasPrefix(village) { return true }
            guard let linked = Linked(record) else { return true }
            let isMember = kind.name == memberKind.name
            if isMember, !Self.isShown(wanted, of: linked) { return true }
            guard let household = try self.household(of: linked), !known.contains(household.id) else { return true }
            if found.hits.count == Self.pageHouseholds {
                found.next = String(last)
                return false
            }
            last = row
            known.insert(household.id)
            if let hit = try hit(household, member: isMember ? linked : nil) { found.hits.append(hit) }
            return true
        }
        return found
    }

    /// What was searched for is the member's name or its initials, or the whole number.
    private static func isShown(_ wanted: String, of member: Linked) -> Bool {
        if let number = member.text("id_number")?.lowercased(), number == wanted { return true }
        guard let name = member.text("name") else { return false }
        return name.lowercased().contains(wanted) || Pinyin.initials(of: name).contains { $0.contains(wanted) }
    }

    private func household(of linked: Linked) throws -> SyncEngine.Record? {
        guard linked.kind.name == memberKind.name else { return linked.record }
        guard let id = linked.value("household").recordID,
            let household = try tables.record(id, kind: householdKind, in: database)
        else { return nil }
        return try TableRecords(tables: tables, database: database).canonical(household, kind: householdKind)
    }

    private func hit(_ household: SyncEngine.Record, member: Linked?) throws -> Hit? {
        guard let linked = Linked(household) else { return nil }
        let members = try tables.all(
            of: memberKind, where: [("household", .text(household.id.description))], in: database
        ).compactMap(Linked.init)
        let standing = members.filter { $0.record.mergedInto(in: memberKind) == nil }
        let head = try TableRecords(tables: tables, database: database).head(of: linked, among: standing)
        return Hit(
            household: linked, head: head?.text("name"),
            people: members.count { $0.value("in_household") != .bool(false) && $0.value("death_date").isNull },
            member: member)
    }
}
