import SwiftProtobuf
package import SyncEngine

/// The bytes of sets, effects and values: `ruhu.proto`, in the order of its field numbers, nothing written that is
/// at its default. Equal values give equal bytes.
package struct WireCodec: ChangeCodec {
    package init() {}

    package func encode(_ set: ChangeSet) -> [UInt8] { SetWriter.bytes(set) }

    /// - Throws: ``CodecError`` for bytes that are no set, or a set beyond ``Limits/setBytes``,
    ///   ``Limits/changesPerSet``, ``Limits/textBytes`` or ``Limits/listElements``.
    package func decode(set bytes: [UInt8]) throws(CodecError) -> ChangeSet {
        guard bytes.count <= Limits.setBytes else { throw CodecError("set over \(Limits.setBytes) bytes") }
        return try SetReader.read(bytes)
    }

    package func decode(heading bytes: [UInt8]) throws(CodecError) -> ChangeSet {
        try SetReader.read(bytes, 0..<0)
    }

    package func decode(set bytes: [UInt8], change: Int) throws(CodecError) -> ChangeSet {
        try SetReader.read(bytes, (0..<Limits.changesPerSet).contains(change) ? change..<change + 1 : 0..<0)
    }

    package func encode(_ effects: [Effect]) -> [UInt8] { Protobuf.bytes(WireEffects(effects)) }

    /// - Throws: ``CodecError`` when the bytes are not effects.
    package func decode(effects bytes: [UInt8]) throws(CodecError) -> [Effect] {
        try Protobuf.message(WireEffects.self, from: bytes).effects()
    }

    package func encode(_ value: Value) -> [UInt8] {
        var columns = ColumnWriter()
        var message = WireValues()
        message.tags = [columns.append(value)]
        message.numbers = columns.numbers
        message.texts = columns.texts
        return Protobuf.bytes(message)
    }

    /// - Throws: ``CodecError`` when the bytes are not one value.
    package func decode(value bytes: [UInt8]) throws(CodecError) -> Value {
        let message = try Protobuf.message(WireValues.self, from: bytes)
        guard message.tags.count == 1 else { throw CodecError("\(message.tags.count) values, not 1") }
        var columns = ColumnReader(numbers: message.numbers, texts: message.texts)
        let value = try columns.value(message.tags[0], element: nil)
        try columns.finish()
        return value
    }
}

/// The library's calls, with its errors as the engine's.
enum Protobuf {
    private static let options = {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = WireLimits.messageDepth
        options.discardUnknownFields = true
        return options
    }()

    static func bytes(_ message: some Message) -> [UInt8] {
        (try? message.serializedBytes()) ?? []  // cannot fail: proto3 has no required fields
    }

    /// - Throws: ``CodecError`` for bytes that are no message of that type.
    static func message<M: Message>(_ type: M.Type, from bytes: [UInt8]) throws(CodecError) -> M {
        do {
            return try M(serializedBytes: bytes, options: options)
        } catch {
            throw CodecError("protobuf: \(error)")
        }
    }
}
