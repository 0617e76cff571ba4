/// Limits of the wire besides those of the engine. Units are in the names.
package enum WireLimits {
    /// The name of a kind, a field or a station, an author, an administrative code; in UTF-8.
    package static let nameBytes = 1024
    /// Numbers of sets and seqs are below it: beyond lies no log that a store could hold.
    package static let largestNumber: UInt64 = 1 << 43
    /// Outcomes that the runs of one message may state.
    package static let outcomesPerMessage = 100_000
    /// Hashes in a proof about the log: two for each level of a tree of ``largestNumber`` leaves.
    package static let proofHashes = 86
    /// Earlier histories that a hello names.
    package static let ancestors = 1_000
    /// A header field that a signature or a digest is read from.
    package static let headerBytes = 8 * 1024
    /// How deeply messages nest: an answer, its page, a record, an element.
    package static let messageDepth = 8
}
