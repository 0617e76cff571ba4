/// Limits on everything that comes from outside. Units are in the names.
package enum Limits {
    /// A change set as encoded; enforced when it is captured, so that every set fits a frame.
    package static let setBytes = 512 * 1024
    /// Duplicates that the township puts on record in one set.
    package static let duplicatesPerSet = 500
    /// Changes of records in one set.
    package static let changesPerSet = 2_000
    /// A text value, in UTF-8.
    package static let textBytes = 64 * 1024
    /// Elements of a list or set.
    package static let listElements = 1_000
    /// Sets in a push frame.
    package static let setsPerFrame = 1_000
    /// Uncompressed bytes of sets in a push frame.
    package static let frameBytes = 1024 * 1024
    /// A request body as received, compressed.
    package static let requestBodyBytes = 2 * 1024 * 1024
    /// Any body after decompression.
    package static let decompressedBytes = 8 * 1024 * 1024
    /// An answer's body as received at the station.
    package static let answerBodyBytes = 8 * 1024 * 1024
    /// Records in a pull page, unless one set alone has more.
    package static let recordsPerPage = 1_000
    /// Uncompressed bytes of field values in a pull page, approximately.
    package static let pageBytes = 1024 * 1024
    /// Pushes waiting for the writer; the next one is told to come back.
    package static let queuedPushes = 256
    /// Sets decided in one group commit.
    package static let setsPerCommit = 4_000
    /// The desk's sets that a station brings back in one request.
    package static let escrowItems = 1_000
    /// Their bytes in one pull page, approximately; what does not fit is left to other stations.
    package static let escrowBytes = 256 * 1024
    /// Of a revoked device's work, which goes with its revocation as one item of ``escrowBytes``.
    package static let revokedWorkBytes = 192 * 1024
    /// Scopes of one device.
    package static let scopesPerDevice = 100
    /// Identities that a station went by before, in a readmission.
    package static let formerIdentities = 64
    /// How often a station fetches anew for the same reason in one epoch before it stops and says so.
    package static let resetsPerEpoch = 5
    /// Rounds of push and pull in one sync.
    package static let roundsPerSync = 10_000
    /// Records in one page of `list` and `find`, at most.
    package static let listRecords = 100_000
    /// A USB bundle, as a file: the largest that the file system of an ordinary stick (FAT32) holds.
    package static let bundleFileBytes: UInt64 = 4 * 1024 * 1024 * 1024 - 1
    /// One piece of a bundle, sealed and opened.
    package static let bundlePieceBytes = 8 * 1024 * 1024
    /// Pages of the log are put into a bundle until they have so many bytes; the rest takes another one.
    package static let bundleLogBytes = 48 * 1024 * 1024
    /// Photos are put into a bundle, each way, until they have so many bytes, unless another size is asked for.
    package static let bundleBlobBytes = 512 * 1024 * 1024
    /// The most that may be asked for.
    package static let bundleBlobBytesMaximum = 3 * 1024 * 1024 * 1024
    /// Blobs that a station asks for in one bundle.
    package static let wantedBlobs = 10_000
    /// Runs of ``setsPerFrame`` hashes of a device's chain in one answer.
    package static let chainRuns = 100
    /// Tree heads that a station presents, or a file beside the database keeps.
    package static let heads = 128
    /// Days for which a nonce is good.
    package static let nonceDays = 30
    /// Requests a second that one device or address may make, sustained, and its burst.
    package static let requestsPerSecond = 1_000
    package static let requestBurst = 10_000
    /// A photo, a signature, a scanned document.
    package static let blobBytes = 20 * 1024 * 1024
    /// Of one part of a blob, both ways: what a cut costs at most.
    package static let blobPartBytes = 128 * 1024
    /// Uploads that a device may have begun and not finished.
    package static let unfinishedBlobsPerDevice = 16
    /// The nights in which every attachment's file is read once.
    package static let blobCheckShares = 30
    /// Days after which an upload that was begun and not gone on with is discarded.
    package static let unfinishedBlobDays = 30
    /// Attachments whose arrival is one set of the desk.
    package static let arrivalsPerSet = 500
    /// How far above the sets that can be read a damaged replica's highest number may lie to be believed.
    package static let salvagedGap: UInt64 = 10_000
    /// Free bytes below which a station takes nothing new: what is kept must still fit, and the journal beside it.
    package static let leastFreeBytes = 16 * 1024 * 1024
    /// A roster that the township imports: bytes of its file, and its rows.
    package static let rosterBytes = 16 * 1024 * 1024
    package static let rosterRows = 50_000
    /// Changes of a roster that are one set of the desk, unless one row alone has more.
    package static let rosterChangesPerSet = 500
    /// Records that one roster may come to, with all that its mapping makes of a row.
    package static let rosterRecords = 250_000
    /// Blocks of a roster's mapping.
    package static let mappingBlocks = 100
    /// Seconds that working out what a roster would do may take.
    package static let rosterSeconds: Int64 = 120
    /// The largest amount (in fen: ten thousand million yuan) or count that a record may say. Sums take what is beyond it,
    /// in records of old, for it: no sum of what is on record overflows.
    package static let largestNumber: Int64 = 1_000_000_000_000
    /// Free bytes that an import needs for each byte of its file.
    package static let importFreeFactor = 8
}

extension Int64 {
    /// Not beyond ``Limits/largestNumber``, above or below: what is added up.
    package var bounded: Int64 { Swift.min(Swift.max(self, -Limits.largestNumber), Limits.largestNumber) }
}
