import Assistance
import CommandSupport
import EdgeClient
import Foundation
import RecordStore
import Server
import SyncEngine
import Testing

/// A blob on its way to the township: cut, repeated, damaged, refused.
@Suite struct UploadTests {
    private let world: BlobWorld
    private var station: BlobStation { world.stations[0] }
    private static let part = Limits.blobPartBytes

    init() throws { world = try BlobWorld(villages: ["370404101201", "370404101201", "370404101202"]) }

    /// A household with one photo whose records are at the township.
    private func offered(bytes: Int) throws -> RecordID {
        let id = try world.attach(world.photo(bytes: bytes), to: try world.household(0), at: 0)
        try station.syncRecords()
        return id
    }

    @Test func aRecordWaitsUntilItsFileHasArrivedAndTheTownshipSaysSo() throws {
        let id = try offered(bytes: 3 * Self.part + 5)
        #expect(try world.attachment(id)?.arrivedAt == nil)
        #expect(try station.carrier.upload() == BlobCarrier.Result(arrived: 1))
        #expect(try world.attachment(id)?.arrivedAt != nil)
        try station.syncRecords()
        #expect(try station.working(id)?.arrivedAt != nil)
        #expect(try BlobCarrier.waiting(in: station.replica, blobs: station.blobs, isOffered: false).isEmpty)
        // Nothing local goes, even now.
        #expect(try station.blobs.size(of: try #require(try world.attachment(id)).sha256) == UInt64(3 * Self.part + 5))
        let entry = try world.authority.read { try LogReader($0, tables: BlobWorld.tables).changes(of: id, after: 0) }
        #expect(entry.last?.author == "system" && entry.last?.isDesk == true)
    }

    @Test(arguments: [LoopTransport.Fault.lostRequest, .lostAnswer, .flippedAnswer])
    func anUploadGoesOnWhereItWasCut(fault: LoopTransport.Fault) throws {
        let parts = 5
        let id = try offered(bytes: parts * Self.part)
        var tries = 0
        // A cut at each step, one after the other.
        while try world.attachment(id)?.arrivedAt == nil, tries < 20 {
            station.transport.faults = [.none, .none, fault]
            do { _ = try station.carrier.upload() } catch {}
            tries += 1
        }
        #expect(try world.attachment(id)?.arrivedAt != nil)
        let sent = station.transport.requests.filter { $0.method == .put }.map(\.body.count).reduce(0, +)
        // Each cut costs one part at most: never the whole from the beginning.
        #expect(sent <= (parts + tries) * Self.part, "\(sent) bytes in \(tries) tries")
        #expect(tries > 1)
    }

    @Test func aCopyThatWasDamagedAtTheTownshipIsDiscardedAndSentAgainOnce() throws {
        let id = try offered(bytes: 3 * Self.part)
        station.transport.faults = [.none, .none, .lostAnswer]
        _ = try? station.carrier.upload()
        let blob = try #require(try world.attachment(id)).sha256
        let incoming = world.folder.appending(path: "township-blobs/incoming/\(station.device)/\(blob)")
        var bytes = [UInt8](try Data(contentsOf: incoming))
        bytes[10] ^= 0x40
        try Data(bytes).write(to: incoming)
        #expect(try station.carrier.upload().arrived == 1)
        #expect(try world.attachments.blobs.size(of: blob) == UInt64(3 * Self.part))
        let whole = try world.attachments.blobs.read(blob, at: 0, count: 3 * Self.part)
        #expect(Hash256(of: whole) == blob)
    }

    @Test func aFileThatWasDamagedAtTheStationIsRefusedAndTheOthersGoOn() throws {
        let household = try world.household(0)
        let bad = try world.attach(world.photo(bytes: 2 * Self.part, seed: 2), to: household, at: 0)
        let good = try world.attach(world.photo(bytes: 900, seed: 3), to: household, at: 0)
        try station.syncRecords()
        let path = station.blobs.path(of: try #require(try world.attachment(bad)).sha256)
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        bytes[0] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        let result = try station.carrier.upload()
        #expect(result.arrived == 1)
        #expect(result.problem?.code == .unreadableFile)
        #expect(try world.attachment(bad)?.arrivedAt == nil)
        #expect(try world.attachment(good)?.arrivedAt != nil)
    }

    @Test func aBlobThatIsThereAlreadyIsNotSentAgain() throws {
        let photo = world.photo(bytes: 4 * Self.part)
        let first = try offered(bytes: 4 * Self.part)
        _ = try station.carrier.upload()
        let other = try world.attach(photo, to: try world.household(0), at: 0)
        let before = station.transport.requests.filter { $0.method == .put }.count
        try station.syncRecords()
        // The push itself found the blob there.
        #expect(try world.attachment(other)?.arrivedAt != nil)
        #expect(try station.working(other)?.arrivedAt != nil)
        #expect(try station.carrier.upload().arrived == 0)
        #expect(station.transport.requests.filter { $0.method == .put }.count == before)
        #expect(try world.attachment(first)?.sha256 == world.attachment(other)?.sha256)
    }

    @Test func aWholeBlobWithoutItsSetIsFoundAfterACrashAndOnce() throws {
        let id = try offered(bytes: 2 * Self.part)
        let attachment = try #require(try world.attachment(id))
        let data = try station.blobs.read(attachment.sha256, at: 0, count: 2 * Self.part)
        for offset in [0, Self.part] {
            _ = try world.attachments.blobs.add(
                BlobPart(
                    sha256: attachment.sha256, offset: UInt64(offset), size: attachment.size,
                    data: Array(data[offset..<offset + Self.part])), by: station.device.description)
        }
        #expect(try world.attachment(id)?.arrivedAt == nil)
        let now = Instant(milliseconds: 1_790_000_000_000)
        #expect(try world.authority.write { try world.attachments.sweep(in: $0, now: now) } == 1)
        #expect(try world.authority.write { try world.attachments.sweep(in: $0, now: now) } == 0)
        #expect(try world.attachment(id)?.arrivedAt != nil)
        // The station that had not heard of it asks, and is told.
        #expect(try station.carrier.upload().arrived == 1)
    }

    @Test func aFileTheTownshipHasLostIsAskedForAgain() throws {
        let id = try offered(bytes: 2 * Self.part)
        _ = try station.carrier.upload()
        try station.syncRecords()
        // A database restored beside an older folder.
        try FileManager.default.removeItem(at: world.folder.appending(path: "township-blobs"))
        let now = Instant(milliseconds: 1_790_000_000_000)
        #expect(try world.authority.write { try world.attachments.sweep(in: $0, now: now) } == 1)
        #expect(try world.attachment(id)?.arrivedAt == nil)
        try station.syncRecords()
        #expect(try station.carrier.upload().arrived == 1)
        #expect(try world.attachment(id)?.arrivedAt != nil)
    }

    @Test func theSamePhotoAttachedByTwoStationsIsOneRecordAndOneFile() throws {
        let household = try world.household(0)
        try station.syncRecords()
        try world.stations[1].syncRecords()
        let photo = world.photo(bytes: 700)
        _ = try world.attach(photo, to: household, at: 0)
        _ = try world.attach(photo, to: household, at: 1)
        for index in [0, 1, 0, 1] {
            try world.stations[index].syncRecords()
            _ = try world.stations[index].carrier.upload()
        }
        for index in [0, 1] { try world.stations[index].syncRecords() }
        let kind = Attachment.kind
        let live = try world.authority.read {
            try BlobWorld.tables.all(of: kind, where: [("record", .text(household.description))], in: $0)
        }
        #expect(live.count == 1)
        for index in [0, 1] {
            let waiting = try BlobCarrier.waiting(
                in: world.stations[index].replica, blobs: world.stations[index].blobs, isOffered: false)
            #expect(waiting.isEmpty)
        }
    }

    @Test func anotherVillageMayNeitherBringNorFetchIt() throws {
        let id = try offered(bytes: 500)
        let blob = try #require(try world.attachment(id)).sha256
        let stranger = world.stations[2]
        for method in [HTTPMethod.put, .get] {
            let body = method == .put ? [UInt8](repeating: 0, count: 500) : []
            #expect(throws: Problem(.unknownBlob, "\(blob)")) {
                try stranger.courier.exchange(
                    method, "/v1/blobs/\(blob)", headers: ["Content-Range": "bytes 0-499/500"], body: body,
                    contentType: "application/octet-stream")
            }
        }
        #expect(try world.attachments.blobs.size(of: blob) == nil)
    }

    @Test func aRevokedStationIsRefused() throws {
        _ = try offered(bytes: 500)
        try world.authority.write {
            try DeviceRegister($0.database).revoke(station.device, reason: "离岗", at: Instant(milliseconds: 1))
        }
        #expect(throws: Problem(.revoked)) { try station.carrier.upload() }
    }

    @Test(arguments: [
        "bytes 0-499/501", "bytes 0-498/500", "bytes 500-999/1000", "0-499/500", "bytes 0-499", "bytes -1-498/500", "",
    ])
    func aRangeThatDoesNotFitIsRefused(range: String) throws {
        let id = try offered(bytes: 500)
        let blob = try #require(try world.attachment(id)).sha256
        #expect(throws: Problem(.badRequest, "Content-Range")) {
            try station.courier.exchange(
                .put, "/v1/blobs/\(blob)", headers: ["Content-Range": range],
                body: [UInt8](repeating: 0, count: 500), contentType: "application/octet-stream")
        }
    }

    /// What was broken off and never gone on with does not keep the next photo out.
    @Test func ofTooManyUploadsThatWereBegunTheOldestGivesWay() throws {
        let household = try world.household(0)
        for index in 0..<Limits.unfinishedBlobsPerDevice + 1 {
            _ = try world.attach(world.photo(bytes: 2 * Self.part, seed: UInt64(index + 50)), to: household, at: 0)
        }
        try station.syncRecords()
        let waiting = try BlobCarrier.waiting(in: station.replica, blobs: station.blobs, isOffered: true)
        for attachment in waiting {
            _ = try station.courier.exchange(
                .put, "/v1/blobs/\(attachment.sha256)",
                headers: ["Content-Range": "bytes 0-\(Self.part - 1)/\(attachment.size)"],
                body: try station.blobs.read(attachment.sha256, at: 0, count: Self.part),
                contentType: "application/octet-stream")
        }
        let owner = try station.replica.read { try $0.position() }.device.description
        #expect(try world.attachments.blobs.unfinished(by: owner).count == Limits.unfinishedBlobsPerDevice)
        #expect(try station.carrier.upload() == BlobCarrier.Result(arrived: waiting.count))
        #expect(
            try BlobCarrier.waiting(in: station.replica, blobs: station.blobs, isOffered: true).count == waiting.count)
        try station.syncRecords()
        #expect(try BlobCarrier.waiting(in: station.replica, blobs: station.blobs, isOffered: true).isEmpty)
    }

    @Test func aPhotoOfADeletedHouseholdIsNotAskedFor() throws {
        let household = try world.household(0)
        let id = try world.attach(world.photo(bytes: 500), to: household, at: 0)
        let kind = try #require(BlobWorld.tables.schema.kind("household"))
        try station.capture([Draft(kind: kind, record: household, operation: .delete)])
        try station.syncRecords()
        #expect(try station.carrier.upload() == BlobCarrier.Result())
        #expect(
            try world.authority.read { try BlobWorld.tables.record(id, kind: Attachment.kind, in: $0) }?.isDeleted
                == true)
    }
}

/// A blob on its way to a station.
@Suite struct FetchTests {
    private let world: BlobWorld
    private static let part = Limits.blobPartBytes

    init() throws { world = try BlobWorld(villages: ["370404101201", "370404101201"]) }

    private func arrived(bytes: Int) throws -> Assistance.Attachment {
        let id = try world.attach(world.photo(bytes: bytes), to: try world.household(0), at: 0)
        try world.stations[0].syncRecords()
        _ = try world.stations[0].carrier.upload()
        try world.stations[1].syncRecords()
        let found = try world.stations[1].working(id)
        return try #require(found)
    }

    @Test func aFetchGoesOnWhereItWasCut() throws {
        let attachment = try arrived(bytes: 5 * Self.part + 1)
        let reader = world.stations[1]
        var tries = 0
        while try reader.blobs.size(of: attachment.sha256) == nil, tries < 20 {
            reader.transport.faults = [.none, .none, .flippedAnswer]
            do { try reader.carrier.fetch(attachment) } catch {}
            tries += 1
        }
        #expect(try reader.blobs.size(of: attachment.sha256) == attachment.size)
        #expect(reader.transport.requests.filter { $0.method == .get && $0.url.contains("blobs") }.count <= 6 + tries)
        #expect(try reader.blobs.unfinished(by: "").isEmpty)
    }

    @Test func aHalfThatWasDamagedOnTheDiskIsFetchedAgain() throws {
        let attachment = try arrived(bytes: 3 * Self.part)
        let reader = world.stations[1]
        _ = try reader.blobs.add(
            BlobPart(
                sha256: attachment.sha256, offset: 0, size: attachment.size,
                data: [UInt8](repeating: 0xAB, count: Self.part)), by: "")
        try reader.carrier.fetch(attachment)
        #expect(Hash256(of: try reader.blobs.read(attachment.sha256, at: 0, count: 4 * Self.part)) == attachment.sha256)
    }

    @Test func whatHasNotArrivedCannotBeFetched() throws {
        let id = try world.attach(world.photo(bytes: 500), to: try world.household(0), at: 0)
        try world.stations[0].syncRecords()
        try world.stations[1].syncRecords()
        let attachment = try #require(try world.stations[1].working(id))
        #expect(throws: Problem(.unknownBlob, "\(attachment.sha256)")) {
            try world.stations[1].carrier.fetch(attachment)
        }
    }
}
