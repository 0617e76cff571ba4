import Glibc

/// The heaps that a process's threads allocate from.
enum Heaps {
    private static let count: Int32 = 4
    /// `M_ARENA_MAX` of malloc.h, which Swift's module of glibc leaves out, with `mallopt` itself.
    private static let arenaMaximum: Int32 = -8

    /// Lets all threads share four. glibc would make up to eight a core, and each keeps what its threads once needed: with
    /// a hundred stations at once a seventh of the memory (docs/benchmarks.md). To be called before threads are started.
    static func share() {
        guard let symbol = dlsym(nil, "mallopt") else { return }
        typealias Mallopt = @convention(c) (Int32, Int32) -> Int32
        _ = unsafeBitCast(symbol, to: Mallopt.self)(arenaMaximum, count)
    }
}
