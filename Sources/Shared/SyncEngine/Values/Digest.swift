import Crypto

/// The sum mod 2^256 of record hashes: equal sets of records give equal digests, in whatever order they came.
package struct RecordDigest: Hashable, Sendable {
    /// Little-endian limbs.
    private var limbs: (UInt64, UInt64, UInt64, UInt64)

    package init() { limbs = (0, 0, 0, 0) }

    /// From 32 big-endian bytes; `nil` for another count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        limbs = bytes.withUnsafeBytes(Self.limbs)
    }

    init(_ hash: SHA256Digest) { limbs = hash.withUnsafeBytes(Self.limbs) }

    private static func limbs(_ buffer: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64) {
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        return (word(3), word(2), word(1), word(0))
    }

    package var bytes: [UInt8] {
        withUnsafeBytes(of: (limbs.3.bigEndian, limbs.2.bigEndian, limbs.1.bigEndian, limbs.0.bigEndian)) { Array($0) }
    }

    package static func + (a: RecordDigest, b: RecordDigest) -> RecordDigest {
        var sum = RecordDigest()
        var carry: UInt64 = 0
        (sum.limbs.0, carry) = add(a.limbs.0, b.limbs.0, carry)
        (sum.limbs.1, carry) = add(a.limbs.1, b.limbs.1, carry)
        (sum.limbs.2, carry) = add(a.limbs.2, b.limbs.2, carry)
        (sum.limbs.3, _) = add(a.limbs.3, b.limbs.3, carry)
        return sum
    }

    package static func - (a: RecordDigest, b: RecordDigest) -> RecordDigest {
        var negated = RecordDigest()
        var carry: UInt64 = 1
        (negated.limbs.0, carry) = add(~b.limbs.0, 0, carry)
        (negated.limbs.1, carry) = add(~b.limbs.1, 0, carry)
        (negated.limbs.2, carry) = add(~b.limbs.2, 0, carry)
        (negated.limbs.3, _) = add(~b.limbs.3, 0, carry)
        return a + negated
    }

    package static func == (a: RecordDigest, b: RecordDigest) -> Bool { a.limbs == b.limbs }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(limbs.0)
        hasher.combine(limbs.1)
    }

    private static func add(_ a: UInt64, _ b: UInt64, _ carry: UInt64) -> (UInt64, UInt64) {
        let (first, overflow) = a.addingReportingOverflow(b)
        let (second, more) = first.addingReportingOverflow(carry)
        return (second, overflow || more ? 1 : 0)
    }
}

extension RecordDigest: CustomStringConvertible {
    /// 64 hexadecimal digits.
    package var description: String { Hex.encode(bytes) }
}

extension Record {
    /// What this record adds to the digest of its scope: SHA-256 over id, seq, kind and every stored value that is
    /// set, by field name in byte order, `extra` included. A deleted record adds nothing, because its row may be
    /// collected.
    package func digest(in kind: KindSchema) -> RecordDigest {
        var canonical = CanonicalBytes()
        return digest(in: kind, by: &canonical)
    }

    /// The same with bytes that are used again.
    package func digest(in kind: KindSchema, by canonical: inout CanonicalBytes) -> RecordDigest {
        guard !isDeleted else { return RecordDigest() }
        canonical.clear()
        canonical.append(id)
        canonical.append(seq)
        canonical.append(kind.name)
        if extra.isEmpty {
            for (index, name) in kind.canonicalFields where !values[index].isNull {
                canonical.append(encoded: name)
                canonical.append(values[index])
            }
        } else {
            for (name, value) in named(in: kind).sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                canonical.append(name)
                canonical.append(value)
            }
        }
        var hasher = SHA256()
        canonical.bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return RecordDigest(hasher.finalize())
    }
}

/// The byte form under the digest: every text with its length, every number with 8 bytes, a tag before each value.
/// `docs/protocol.md` says it for other programs; test vectors stand beside it.
package struct CanonicalBytes: Sendable {
    private(set) var bytes: [UInt8] = []

    package init() { bytes.reserveCapacity(1024) }

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ number: UInt64) { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }

    mutating func append(_ id: RecordID) {
        append(id.high)
        append(id.low)
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            withUnsafeBytes(of: UInt32(utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: utf8)
        }
    }

    /// What was encoded before, once.
    mutating func append(encoded: [UInt8]) { bytes.append(contentsOf: encoded) }

    static func text(_ text: String) -> [UInt8] {
        var canonical = CanonicalBytes()
        canonical.append(text)
        return canonical.bytes
    }

    mutating func append(_ value: Value) {
        switch value {
        case .null:
            bytes.append(0)
        case .text(let text):
            bytes.append(1)
            append(text)
        case .int64(let number):
            bytes.append(2)
            append(UInt64(bitPattern: number))
        case .bool(let flag):
            bytes.append(3)
            bytes.append(flag ? 1 : 0)
        case .date(let day):
            bytes.append(4)
            append(UInt64(bitPattern: Int64(day.daysSinceEpoch)))
        case .time(let instant):
            bytes.append(5)
            append(UInt64(bitPattern: instant.milliseconds))
        case .list(let elements):
            bytes.append(6)
            append(UInt64(elements.count))
            for element in elements { append(element) }
        }
    }
}
