import Foundation
import ProgramRunner

/// The data folder of a district, made once and used again.
struct DistrictData {
    let folder: URL
    let villages: Int
    let seed: UInt64

    var township: URL { folder.appending(path: "township") }
    private var marker: URL { folder.appending(path: "made") }
    /// What the data was made of: another program or another size makes it anew.
    private var stamp: String { "1 \(villages) \(seed)\n" }

    /// The programs see the day after the data's last.
    var environment: [String: String] {
        ["RUHU_HOME": township.path].merging(WrongClock.environment("@\(District.today) 01:00:00")) { $1 }
    }

    var program: Program { Program("ruhu-server", environment: environment) }

    /// Makes it when it is not there.
    func make() throws {
        guard WrongClock.library != nil else { throw ProgramFailure("needs the package faketime") }
        if try exists() { return tell("uses \(folder.path)") }
        try? FileManager.default.removeItem(at: township)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (started, used) = (ContinuousClock.now, Usage.own())
        let district = try District(path: township.path, villages: villages, seed: seed)
        try district.run(tell)
        tell(
            "written in \(Int(Usage.seconds(since: started))) s, \(Int(Usage.own() - used)) s of CPU; "
                + "\(district.writer.sets) sets, \(district.lines) lines of rolls")
        try Data(stamp.utf8).write(to: marker)
    }

    private func exists() throws -> Bool { (try? Data(contentsOf: marker)) == Data(stamp.utf8) }

    /// Bytes of the database.
    var bytes: Int {
        let path = township.appending(path: "authority.sqlite").path
        return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    private func tell(_ line: String) { FileHandle.standardError.write(Data("district: \(line)\n".utf8)) }
}
