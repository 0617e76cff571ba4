package import SyncEngine

extension TreeHead {
    /// `epoch`, `size`, `root`, `signature`; bytes in hexadecimal.
    package var document: JSONValue {
        .object([
            ("epoch", .string(epoch.description)), ("size", .int(Int64(size))), ("root", .string(root.description)),
            ("signature", .string(Hex.encode(signature))),
        ])
    }

    /// - Returns: `nil` when it is no such document.
    package init?(document: JSONValue?) {
        guard let document, let epoch = document["epoch"]?.text.flatMap({ EpochID($0) }),
            case .int(let size) = document["size"], size >= 0, let root = Hash256(hex: document["root"]),
            let signature = document["signature"]?.text.flatMap({ Hex.decode($0) })
        else { return nil }
        self.init(epoch: epoch, size: UInt64(size), root: root, signature: signature)
    }
}

extension Hash256 {
    /// 64 hexadecimal digits.
    init?(hex document: JSONValue?) {
        guard let bytes = document?.text.flatMap({ Hex.decode($0) }) else { return nil }
        self.init(bytes: bytes)
    }
}
