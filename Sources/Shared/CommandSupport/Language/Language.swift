package import SyncEngine

/// The language of the person who reads.
package enum Language: String, Sendable, CaseIterable {
    case zh, en

    /// The variables that are asked, in this order; the first that is set decides.
    static let variables = ["RUHU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]

    /// A value that begins with `zh` (in any case) is Chinese; every other, and none at all, is English.
    ///
    /// - Parameter environment: gives a variable's value, `nil` for one that is not set or empty.
    package init(environment: (String) -> String?) {
        let value = Self.variables.lazy.compactMap(environment).first ?? ""
        self = value.lowercased().hasPrefix("zh") ? .zh : .en
    }

    /// Set for the time of a call, for a text in another language than the process's.
    @TaskLocal package static var preferred: Language?

    private static let ofProcess = Language(environment: Environment.value)

    /// The language in which this process talks.
    package static var current: Language { preferred ?? ofProcess }
}

extension Label {
    /// The text in one language, unless told in the reader's.
    package func text(in language: Language = .current) -> String { language == .zh ? zh : en }
}

/// A text in the reader's language. One letter, because every help text is written with it.
// swift-format-ignore: AlwaysUseLowerCamelCase
package func L(_ zh: String, _ en: String) -> String { Language.current == .zh ? zh : en }
