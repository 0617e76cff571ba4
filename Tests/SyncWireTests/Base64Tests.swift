import SyncWire
import Testing

/// The examples of RFC 4648 section 10, and what is not base64.
@Suite("Base64")
struct Base64Tests {
    @Test(
        "is as RFC 4648 has it",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func padded(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        let bare = encoded.filter { $0 != "=" }
        #expect(Base64.encode(Array(plain.utf8), .url) == bare)
        #expect(Base64.decode(bare, .url) == Array(plain.utf8))
    }

    @Test("has an alphabet of its own for URLs")
    func alphabets() {
        let bytes: [UInt8] = [0xfb, 0xef, 0xff]
        #expect(Base64.encode(bytes) == "++//")
        #expect(Base64.encode(bytes, .url) == "--__")
        #expect(Base64.decode("++//") == bytes)
        #expect(Base64.decode("--__", .url) == bytes)
        #expect(Base64.decode("--__") == nil)
        #expect(Base64.decode("++//", .url) == nil)
    }

    @Test("is not decoded when broken", arguments: ["Zg=", "Zg", "Z===", "Zm=v", "Zg==Zg==", "Zm9!", "===="])
    func broken(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("has no padding for URLs", arguments: ["Zg==", "Z", "Zm9vY", "Zm 9"])
    func brokenForURLs(text: String) {
        #expect(Base64.decode(text, .url) == nil)
    }
}
