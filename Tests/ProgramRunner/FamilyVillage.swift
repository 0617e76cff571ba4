/// A township that serves one village with a station, and there a household of one person: what most jobs begin with.
package struct FamilyVillage {
    package static let village = "370404101201"

    package let folder: TemporaryFolder
    package let server: TownshipServer
    package let station: VillageStation
    package let household: String
    package let member: String

    /// Nothing of it is synced yet.
    /// - Parameters:
    ///   - household: more fields of the household, which has the number 001.
    ///   - member: more fields of the person, whose household is this one.
    package init(
        household: [String] = ["address=一组"], member: [String] = ["name=张三", "id_number=11010519491231002X"]
    ) throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: Self.village, staff: "王秀英")
        self.household = try station.new("household", ["number=001"] + household)
        self.member = try station.new("member", ["household=\(self.household)"] + member)
    }

    /// For suites that have them as their own.
    package var parts: (TemporaryFolder, TownshipServer, VillageStation, household: String, member: String) {
        (folder, server, station, household, member)
    }
}
