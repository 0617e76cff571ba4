import SyncEngine

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The generated types hold `bytes` as Foundation's `Data`; the engine's values are made from it here and nowhere else.
extension Data {
    var array: [UInt8] { [UInt8](self) }

    /// - Throws: ``CodecError`` that names `field` when there are not exactly `count` bytes.
    func array(_ count: Int, _ field: StaticString) throws(CodecError) -> [UInt8] {
        guard self.count == count else { throw CodecError("\(field): \(self.count) bytes, not \(count)") }
        return array
    }

    /// - Throws: ``CodecError`` that names `field` when there are not exactly 16 bytes.
    func id(_ field: StaticString) throws(CodecError) -> RecordID {
        guard count == 16 else { throw CodecError("\(field): \(count) bytes, not 16") }
        return withUnsafeBytes { bytes in
            RecordID(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// - Throws: ``CodecError`` that names `field` when there are not exactly 32 bytes.
    func hash(_ field: StaticString) throws(CodecError) -> Hash256 {
        guard let hash = Hash256(bytes: self) else { throw CodecError("\(field): \(count) bytes, not 32") }
        return hash
    }
}

extension RecordID {
    var data: Data {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Data($0) }
    }
}

extension [UInt8] {
    var data: Data { Data(self) }
}
