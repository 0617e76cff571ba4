import CommandSupport
import Foundation
import SyncEngine
import Testing

/// The folder of blobs: whole or not there, by its content, for its owner alone.
@Suite struct BlobFolderTests {
    private let folder: URL
    private let blobs: BlobFolder

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ruhu-folder-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        blobs = BlobFolder(path: folder.appending(path: "blobs").path)
    }

    private func file(_ bytes: [UInt8]) throws -> String {
        let file = folder.appending(path: UUID().uuidString)
        try Data(bytes).write(to: file)
        return file.path
    }

    @Test func theSameContentIsStoredOnceForItsOwnerAlone() throws {
        let bytes = [UInt8]((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        let first = try blobs.adopt(try file(bytes))
        let second = try blobs.adopt(try file(bytes))
        #expect(first.blob == second.blob && first.blob == Hash256(of: bytes))
        #expect(try blobs.size(of: first.blob) == 300_000)
        #expect(first.first == Array(bytes.prefix(32)))
        let path = blobs.path(of: first.blob)
        #expect(path.hasSuffix("/\(first.blob.description.prefix(2))/\(first.blob)"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try blobs.read(first.blob, at: 299_990, count: 100) == Array(bytes.suffix(10)))
    }

    @Test func whatIsNoFileOrEmptyOrTooLargeIsRefused() throws {
        #expect(try code { try blobs.adopt(folder.path) } == .badValue)
        #expect(try code { try blobs.adopt(try file([])) } == .badValue)
        #expect(try code { try blobs.adopt("/nowhere/at/all") } == .unreadableFile)
        #expect(try code { try blobs.adopt("/dev/zero") } == .badValue)
        let large = folder.appending(path: "large").path
        try Data().write(to: URL(filePath: large))
        let handle = try #require(FileHandle(forWritingAtPath: large))
        try handle.truncate(atOffset: UInt64(Limits.blobBytes) + 1)
        #expect(try code { try blobs.adopt(large) } == .blobTooLarge)
        #expect(try blobs.unfinished(by: "").isEmpty)
    }

    private func code(_ body: () throws -> some Any) throws -> Problem.Code? {
        do {
            _ = try body()
            return nil
        } catch let problem as Problem {
            return problem.code
        }
    }

    @Test func partsMayOverlapRepeatAndComeTooEarly() throws {
        let bytes = [UInt8]((0..<1000).map { UInt8(truncatingIfNeeded: $0) })
        let blob = Hash256(of: bytes)
        func add(_ range: Range<Int>) throws -> BlobStatus {
            try blobs.add(
                BlobPart(sha256: blob, offset: UInt64(range.lowerBound), size: 1000, data: Array(bytes[range])), by: "d"
            )
        }
        #expect(try add(500..<1000).received == 0)
        #expect(try add(0..<400).received == 400)
        #expect(try add(0..<400).received == 400)
        #expect(try add(600..<900).received == 400)
        #expect(try add(300..<700).received == 700)
        #expect(try blobs.size(of: blob) == nil)
        #expect(try add(700..<1000).isComplete)
        #expect(try add(0..<10).isComplete)
        #expect(try blobs.read(blob, at: 0, count: 2000) == bytes)
        #expect(try blobs.unfinished(by: "d").isEmpty)
    }

    @Test func wrongBytesLeaveNothing() throws {
        let blob = Hash256(of: [1, 2, 3])
        #expect(throws: Problem(.blobMismatch, "\(blob)")) {
            try blobs.add(BlobPart(sha256: blob, offset: 0, size: 3, data: [1, 2, 4]), by: "d")
        }
        #expect(try blobs.size(of: blob) == nil)
        #expect(try blobs.received(blob, by: "d") == 0)
        #expect(try blobs.add(BlobPart(sha256: blob, offset: 0, size: 3, data: [1, 2, 3]), by: "d").isComplete)
    }

    @Test func oldUnfinishedCopiesAreDiscarded() throws {
        let blob = Hash256(of: [1, 2, 3])
        _ = try blobs.add(BlobPart(sha256: blob, offset: 0, size: 3, data: [1]), by: "d")
        #expect(blobs.discardUnfinished(before: Instant(milliseconds: 0)) == 0)
        #expect(blobs.discardUnfinished(before: Instant(milliseconds: .max)) == 1)
        #expect(try blobs.unfinished(by: "d").isEmpty)
    }

    @Test(
        arguments: [
            ("bytes 0-9/10", 0, 10, 10), ("bytes 5-5/10", 5, 1, 10), ("bytes */7", nil, 0, 7),
        ] as [(String, UInt64?, Int, UInt64)])
    func rangesAreReadAsTheyAreWritten(text: String, offset: UInt64?, count: Int, size: UInt64) throws {
        let range = try #require(ContentRange(text))
        #expect(range.offset == offset && range.count == count && range.size == size)
        #expect(range.header == text)
    }

    @Test(arguments: [
        "", "bytes", "bytes 0-10/10", "bytes 5-4/10", "bytes 0-1/*", "bytes +0-1/3", "bytes 0-1/3/4", "items 0-1/3",
        "bytes 0-18446744073709551615/18446744073709551615", "bytes 18446744073709551616-1/3",
    ])
    func anythingElseIsNoRange(text: String) { #expect(ContentRange(text) == nil) }
}
