import Foundation

// Writes Pinyin's table: the first letter of each code point U+4E00...U+9FFF, from ICU's Han-Latin transliteration.
var letters = ""
for code in 0x4E00...0x9FFF {
    let text = String(Unicode.Scalar(UInt32(code))!)
    let latin =
        text.applyingTransform(.mandarinToLatin, reverse: false)?.applyingTransform(.stripDiacritics, reverse: false)
        ?? ""
    let first = latin.lowercased().unicodeScalars.first { $0.isASCII && $0.properties.isAlphabetic }
    letters += first.map { String($0) } ?? "?"
}
print(letters)
