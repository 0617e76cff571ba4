import Glibc
import SyncEngine
import Testing

@testable import CommandSupport

/// A folder of its own, removed with all that is in it.
private final class Place {
    let path: String

    init() throws {
        var template = Array("/tmp/ruhu-files-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.map { mkdtemp($0) } }
        path = String(cString: try #require(made ?? nil))
    }

    deinit {
        Self.removeAll(path)
    }

    private static func removeAll(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != "." && name != ".." { removeAll(path + "/" + name) }
            }
            closedir(folder)
        }
        remove(path)
    }

    static func mode(_ path: String) -> mode_t? {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_mode & 0o777 : nil
    }
}

@Suite struct DataFolderTests {
    private func path(_ option: String?, _ environment: [String: String]) throws -> String {
        try DataFolder.path(option: option, name: "ruhu") { environment[$0] }
    }

    @Test func theMostParticularPlaceIsTaken() throws {
        var environment = ["HOME": "/h", "XDG_DATA_HOME": "/x", "RUHU_HOME": "/r"]
        #expect(try path("/d", environment) == "/d")
        #expect(try path(nil, environment) == "/r")
        environment["RUHU_HOME"] = nil
        #expect(try path(nil, environment) == "/x/ruhu")
        environment["XDG_DATA_HOME"] = "relative"
        #expect(try path(nil, environment) == "/h/.local/share/ruhu")
    }

    @Test func aPlaceThatIsNotKnownIsNotGuessed() {
        #expect(#expect(throws: Problem.self) { try path(nil, [:]) }?.code == .cannotCreate)
        #expect(#expect(throws: Problem.self) { try path("", ["HOME": "/h"]) }?.code == .badValue)
    }

    @Test func whatIsMadeIsForItsOwnerAndWhatExistsIsLeftAlone() throws {
        let place = try Place()
        chmod(place.path, 0o755)
        let folder = place.path + "/a/b"
        try DataFolder.create(folder)
        try DataFolder.create(folder)
        #expect(Place.mode(folder) == 0o700)
        #expect(Place.mode(place.path + "/a") == 0o700)
        #expect(Place.mode(place.path) == 0o755)
    }

    @Test func aFileInTheWayIsSaid() throws {
        let place = try Place()
        try SecretFile.write([1], to: place.path + "/file")
        let problem = #expect(throws: Problem.self) { try DataFolder.create(place.path + "/file/under") }
        #expect(problem?.code == .cannotCreate)
        #expect(problem?.subject == place.path + "/file")
    }
}

@Suite struct SecretFileTests {
    @Test func itIsWholeReadableByItsOwnerAndLeavesNothingBeside() throws {
        let place = try Place()
        let path = place.path + "/key"
        try SecretFile.write([1, 2, 3], to: path)
        chmod(path, 0o644)
        try SecretFile.write([4], to: path)
        #expect(try SecretFile.read(path) == [4])
        #expect(Place.mode(path) == 0o600)
        #expect(!Files.exists("\(path).\(getpid()).new"))
    }

    @Test func aFailedWriteKeepsWhatWasThere() throws {
        let place = try Place()
        try DataFolder.create(place.path + "/taken/by")
        let problem = #expect(throws: Problem.self) { try SecretFile.write([1], to: place.path + "/taken") }
        #expect(problem?.code == .cannotCreate)
        #expect(Files.exists(place.path + "/taken/by"))
        #expect(!Files.exists("\(place.path)/taken.\(getpid()).new"))
        let nowhere = #expect(throws: Problem.self) { try SecretFile.write([1], to: place.path + "/no/key") }
        #expect(nowhere?.code == .cannotCreate)
    }

    @Test func whatCannotBeReadIsSaid() throws {
        let place = try Place()
        #expect(#expect(throws: Problem.self) { try Files.read(place.path + "/none") }?.code == .unreadableFile)
        #expect(#expect(throws: Problem.self) { try Files.read(place.path) }?.code == .unreadableFile)
        try SecretFile.write([UInt8](repeating: 0, count: 11), to: place.path + "/big")
        #expect(try Files.read(place.path + "/big", limit: 11).count == 11)
        #expect(#expect(throws: Problem.self) { try Files.read(place.path + "/big", limit: 10) }?.code == .badDocument)
    }
}

@Suite struct FileLockTests {
    @Test func oneHolderAtATime() throws {
        let place = try Place()
        let lock = try FileLock(path: place.path + "/lock")
        #expect(#expect(throws: Problem.self) { try FileLock(path: place.path + "/lock") }?.code == .syncRunning)
        lock.release()
        lock.release()
        _ = try FileLock(path: place.path + "/lock")
        #expect(Place.mode(place.path + "/lock") == 0o600)
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        try BundleFile.write(to: path, magic: Array("RUHUBNDL".utf8)) { try $0(bytes) }
    }

    @Test func aBundleThatIsBrokenOffLeavesWhatWasThere() throws {
        let place = try Place()
        let path = place.path + "/stick"
        try write(Array("RUHUBNDL one".utf8), to: path)
        #expect(throws: CancellationError.self) {
            try BundleFile.write(to: path, magic: Array("RUHUBNDL".utf8)) { write in
                try write(Array("RUHUBNDL two".utf8))
                throw CancellationError()
            }
        }
        #expect(try Files.read(path) == Array("RUHUBNDL one".utf8))
        let (read, bytes) = try BundleFile.open(path, magic: Array("RUHUBNDL".utf8))
        #expect(bytes == 12)
        #expect(try read(9, 100) == Array("one".utf8) && read(12, 1).isEmpty)
    }

    @Test func aBundleReplacesAnOlderOneAndNothingElse() throws {
        let place = try Place()
        let path = place.path + "/stick"
        let first = Array("RUHUBNDL one".utf8)
        let second = Array("RUHUBNDL two".utf8)
        try write(first, to: path)
        #expect(Place.mode(path) == 0o600)
        try write(second, to: path)
        #expect(try Files.read(path) == second)
        let other = place.path + "/letter"
        try SecretFile.write(Array("dear sir".utf8), to: other)
        #expect(#expect(throws: Problem.self) { try write(first, to: other) }?.code == .cannotCreate)
        #expect(try Files.read(other) == Array("dear sir".utf8))
        #expect(
            #expect(throws: Problem.self) { try write(first, to: place.path + "/no/stick") }?.code
                == .cannotCreate)
    }
}
