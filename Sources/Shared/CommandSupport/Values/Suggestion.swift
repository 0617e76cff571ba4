import SyncEngine

/// What may have been meant by a name that does not exist.
package struct Suggestion {
    /// What was not found, and the nearest names; all names when none is near.
    let label: Label

    /// - Parameter known: the names there are, with what people call them.
    init(of name: String, among known: [(name: String, label: Label)], isKind: Bool = false) {
        let what =
            isKind
            ? Label(zh: "没有这种记录", en: "There is no such kind") : Label(zh: "没有这个字段", en: "There is no such field")
        if let nearest = Self.nearest(to: name, among: known) {
            label = Label(zh: "\(what.zh)，是不是 \(nearest)？", en: "\(what.en); did you mean \(nearest)?")
        } else {
            label = Label(
                zh: "\(what.zh)，可用：\(known.map(\.name).joined(separator: "、"))",
                en: "\(what.en); there are: \(known.map(\.name).joined(separator: ", "))")
        }
    }

    /// The name whose label was typed, else the one at the least distance, if it is near enough to be a slip.
    static func nearest(to name: String, among known: [(name: String, label: Label)]) -> String? {
        let typed = name.lowercased()
        if let named = known.first(where: { $0.label.zh == name || $0.label.en.lowercased() == typed }) {
            return named.name
        }
        let near = known.map { (name: $0.name, distance: distance(typed, $0.name)) }.min { $0.distance < $1.distance }
        guard let near, near.distance <= max(2, typed.count / 3), near.distance < typed.count else { return nil }
        return near.name
    }

    /// Whether a word was meant and not quite typed: another case, or one character too many, too few or wrong.
    package static func isSlip(_ typed: String, of word: String) -> Bool {
        typed != word && distance(typed.lowercased(), word) <= 1
    }

    /// Levenshtein's: insertions, deletions and replacements of characters.
    static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let cost = x == y ? diagonal : 1 + min(diagonal, row[j], row[j + 1])
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[b.count]
    }
}
