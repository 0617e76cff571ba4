import SyncEngine

/// An exact fraction. Money on its way through a calculation is a ratio of fen, so that it is rounded once, at the end
/// (DOMAIN section 5); nothing here is ever a floating-point number.
package struct Ratio: Hashable, Sendable, Comparable {
    /// In lowest terms, with the sign.
    package let numerator: Int128
    /// Above 0.
    package let denominator: Int128

    /// - Precondition: `denominator` is not 0.
    package init(_ numerator: Int128, over denominator: Int128 = 1) {
        precondition(denominator != 0)
        let divisor = Self.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
        let sign: Int128 = denominator < 0 ? -1 : 1
        self.numerator = sign * numerator / Int128(divisor)
        self.denominator = sign * denominator / Int128(divisor)
    }

    package init(_ whole: Int64) { self.init(Int128(whole)) }
    package init(_ whole: Int) { self.init(Int128(whole)) }

    package static let zero = Ratio(0 as Int128)

    /// Digits of a whole part or a numerator, of decimals, of a denominator, at most: so few that no sum of a calculation
    /// comes near the end of 128 bits.
    package static let digitLimits = (whole: 3, decimals: 4, denominator: 3)

    /// From a decimal (`1.3`, `0.20`) or a fraction (`1/3`), neither with a sign; `nil` for anything else.
    package init?(_ text: String) {
        let fraction = text.split(separator: "/", omittingEmptySubsequences: false)
        if fraction.count == 2 {
            guard let above = Self.digits(fraction[0], atMost: Self.digitLimits.whole),
                let below = Self.digits(fraction[1], atMost: Self.digitLimits.denominator), below > 0
            else { return nil }
            self.init(above, over: below)
            return
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Self.digits(parts[0], atMost: Self.digitLimits.whole) else {
            return nil
        }
        guard parts.count == 2 else {
            self.init(whole)
            return
        }
        guard let part = Self.digits(parts[1], atMost: Self.digitLimits.decimals) else { return nil }
        let scale = (0..<parts[1].utf8.count).reduce(1 as Int128) { scale, _ in scale * 10 }
        self.init(whole * scale + part, over: scale)
    }

    private static func digits(_ text: Substring, atMost limit: Int) -> Int128? {
        guard (1...limit).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return Int128(text)
    }

    private static func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> UInt128 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return max(a, 1)
    }

    package static func + (a: Ratio, b: Ratio) -> Ratio {
        Ratio(a.numerator * b.denominator + b.numerator * a.denominator, over: a.denominator * b.denominator)
    }

    package static func - (a: Ratio, b: Ratio) -> Ratio { a + Ratio(-b.numerator, over: b.denominator) }

    package static func * (a: Ratio, b: Ratio) -> Ratio {
        Ratio(a.numerator * b.numerator, over: a.denominator * b.denominator)
    }

    /// - Precondition: `b` is not 0.
    package static func / (a: Ratio, b: Ratio) -> Ratio {
        Ratio(a.numerator * b.denominator, over: a.denominator * b.numerator)
    }

    package static func < (a: Ratio, b: Ratio) -> Bool { a.numerator * b.denominator < b.numerator * a.denominator }

    /// The least multiple of `step` that is not below it.
    /// - Precondition: `step` is above 0.
    package func roundedUp(to step: Int64) -> Int64 {
        precondition(step > 0)
        let unit = denominator * Int128(step)
        let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: unit)
        return Int64(clamping: (quotient + (remainder > 0 ? 1 : 0)) * Int128(step))
    }
}

/// Money as people and documents write it: yuan with at most two decimals, in text; inside, integer fen.
package enum Yuan {
    /// Of one amount: ten thousand million yuan.
    package static let limitFen = Limits.largestNumber

    /// Fen from `9600`, `9600.5` or `9600.00`; `nil` for a sign, more decimals, other characters, or too much.
    package static func fen(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...10).contains(parts[0].utf8.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let yuan = Int64(parts[0])
        else { return nil }
        guard parts.count == 2 else { return yuan * 100 <= limitFen ? yuan * 100 : nil }
        guard parts[1].utf8.count <= 2, let part = Int64(parts[1]) else { return nil }
        let fen = yuan * 100 + (parts[1].utf8.count == 1 ? part * 10 : part)
        return fen <= limitFen ? fen : nil
    }

    /// `9600.00`
    package static func text(_ fen: Int64) -> String {
        let part = String(fen.magnitude % 100)
        return (fen < 0 ? "-" : "") + "\(fen.magnitude / 100)." + (part.utf8.count == 1 ? "0" : "") + part
    }

    /// For people: `320.00`; of what is no whole number of fen the beginning, `761.66…`.
    package static func reading(_ fen: Ratio) -> String {
        let whole = text(Int64(clamping: fen.numerator / fen.denominator))
        return fen.denominator == 1 ? whole : whole + "…"
    }

    /// `320.00`; what is no whole number of fen as an exact fraction of yuan, `1/3`.
    package static func text(_ fen: Ratio) -> String {
        if fen.denominator == 1, let whole = Int64(exactly: fen.numerator) { return text(whole) }
        let yuan = fen / Ratio(100 as Int128)
        return "\(yuan.numerator)/\(yuan.denominator)"
    }
}
