package import SyncEngine

/// What a station brings back to a restored township of the desk's sets.
package struct EscrowOffer: Hashable, Sendable {
    /// The history in which they were decided.
    package var epoch: EpochID
    package var sealed: [[UInt8]]

    package init(epoch: EpochID, sealed: [[UInt8]]) {
        self.epoch = epoch
        self.sealed = sealed
    }

    package func encoded(as media: MediaType) -> [UInt8] {
        var message = WireEscrowOffer()
        message.epoch = epoch.data
        message.sealed = sealed.map(\.data)
        return Protobuf.bytes(message, as: media)
    }

    /// - Throws: ``CodecError``; for more than ``Limits/escrowItems`` too.
    package init(decoding bytes: [UInt8], as media: MediaType) throws(CodecError) {
        let message = try Protobuf.message(WireEscrowOffer.self, bytes, as: media)
        guard message.sealed.count <= Limits.escrowItems else { throw CodecError("escrow of \(message.sealed.count)") }
        self.init(epoch: try message.epoch.id("epoch"), sealed: message.sealed.map(\.array))
    }
}

/// A copy of a station asks for an identity of its own, signed by the shared one.
package struct ForkRequest: Hashable, Sendable {
    /// The last number that both chains hold, with its hash.
    package var common: Acknowledgement
    package var signingKey: [UInt8]
    package var sealingKey: [UInt8]

    package init(common: Acknowledgement, signingKey: [UInt8], sealingKey: [UInt8]) {
        self.common = common
        self.signingKey = signingKey
        self.sealingKey = sealingKey
    }

    var message: WireForkRequest {
        var message = WireForkRequest()
        message.common = WireAcknowledgement(common)
        message.signingKey = signingKey.data
        message.sealingKey = sealingKey.data
        return message
    }

    package func encoded(as media: MediaType) -> [UInt8] { Protobuf.bytes(message, as: media) }

    /// - Throws: ``CodecError``.
    package init(decoding bytes: [UInt8], as media: MediaType) throws(CodecError) {
        try self.init(try Protobuf.message(WireForkRequest.self, bytes, as: media))
    }

    init(_ message: WireForkRequest) throws(CodecError) {
        self.init(
            common: try message.common.engineValue(), signingKey: try message.signingKey.array(32, "signing_key"),
            sealingKey: try message.sealingKey.array(32, "sealing_key"))
    }
}

/// Who a device is, as the township certified it: shown to a township that was restored from before the enrolment.
package struct Readmission: Hashable, Sendable {
    package var device: DeviceID
    package var signingKey: [UInt8]
    package var sealingKey: [UInt8]
    package var scopes: [Scope]
    package var station: String
    package var staff: String
    package var lineage: Lineage?
    /// The township's signature over ``statement``.
    package var certificate: [UInt8]
    /// What the device was before it was forked off, and before that, the nearest first; each without its own.
    package var former: [Readmission] = []

    package init(
        device: DeviceID, signingKey: [UInt8], sealingKey: [UInt8], scopes: [Scope], station: String, staff: String,
        lineage: Lineage?, certificate: [UInt8] = []
    ) {
        self.device = device
        self.signingKey = signingKey
        self.sealingKey = sealingKey
        self.scopes = scopes
        self.station = station
        self.staff = staff
        self.lineage = lineage
        self.certificate = certificate
    }

    /// What the certificate is over: every text with its length, so that no two devices have one statement.
    package var statement: [UInt8] {
        var bytes = Array("ruhu device v1".utf8) + [0] + device.bytes + signingKey + sealingKey
        for text in [scopes.map(\.code).joined(separator: " "), station, staff] {
            withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes += Array(text.utf8)
        }
        guard let lineage else { return bytes }
        bytes += lineage.device.bytes
        withUnsafeBytes(of: lineage.number.bigEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    var message: WireReadmissionRequest {
        var message = WireReadmissionRequest()
        message.device = device.data
        message.signingKey = signingKey.data
        message.sealingKey = sealingKey.data
        message.scopes = scopes.map(\.code)
        message.station = station
        message.staff = staff
        message.certificate = certificate.data
        if let lineage {
            message.lineage.device = lineage.device.data
            message.lineage.number = lineage.number
        }
        message.former = former.map(\.message)
        return message
    }

    package func encoded(as media: MediaType) -> [UInt8] { Protobuf.bytes(message, as: media) }

    /// - Throws: ``CodecError``.
    package init(decoding bytes: [UInt8], as media: MediaType) throws(CodecError) {
        try self.init(try Protobuf.message(WireReadmissionRequest.self, bytes, as: media))
    }

    init(_ message: WireReadmissionRequest) throws(CodecError) {
        guard message.scopes.count <= Limits.scopesPerDevice, message.station.utf8.count <= WireLimits.nameBytes,
            message.staff.utf8.count <= WireLimits.nameBytes, message.former.count <= Limits.formerIdentities,
            message.former.allSatisfy(\.former.isEmpty)
        else { throw CodecError("too long") }
        let lineage =
            message.hasLineage
            ? Lineage(
                device: try message.lineage.device.id("lineage"),
                number: try checkedNumber(message.lineage.number, "lineage")) : nil
        self.init(
            device: try message.device.id("device"), signingKey: try message.signingKey.array(32, "signing_key"),
            sealingKey: try message.sealingKey.array(32, "sealing_key"), scopes: message.scopes.map { Scope($0) },
            station: message.station, staff: message.staff, lineage: lineage, certificate: message.certificate.array)
        for message in message.former { former.append(try Readmission(message)) }
    }

    /// What a device that is forked off this one was before.
    package var asFormer: [Readmission] {
        var nearest = self
        nearest.former = []
        return Array(([nearest] + former).prefix(Limits.formerIdentities))
    }
}

extension PullPage {
    /// For keeping a page aside; on the wire it travels inside an ``Answer``.
    package func encoded() -> [UInt8] { PageWriter.bytes(self) }

    /// - Throws: ``CodecError``.
    package init(decoding bytes: [UInt8]) throws(CodecError) {
        self = try Protobuf.message(WirePullPage.self, from: bytes).engineValue()
    }
}
