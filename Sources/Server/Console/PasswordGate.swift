import NIOPosix
import SyncEngine

/// Passwords are checked one at a time, for each costs memory and time: a stranger who tries many only waits.
actor PasswordGate {
    enum Limit {
        static let waiting = 16
        static let attemptsPerMinute = 20
    }

    private let people: People
    private var waiting = 0
    private let limiter = RateLimiter(perMinute: Limit.attemptsPerMinute)
    private var last: Task<Void, Never>?

    init(people: People) { self.people = people }

    /// - Throws: ``Problem`` ``Problem/Code/tooManyRequests``, and what ``People/signIn(name:password:)`` throws.
    func signIn(name: String, password: String, address: String) async throws -> (token: String, Person) {
        guard waiting < Limit.waiting, await limiter.admits(address) else { throw Problem(.tooManyRequests) }
        waiting += 1
        defer { waiting -= 1 }
        let before = last
        let (people, attempt) = (people, Attempt())
        let task = Task {
            await before?.value
            await attempt.run { try people.signIn(name: name, password: password) }
        }
        last = task
        await task.value
        return try await attempt.result()
    }

    private actor Attempt {
        private var outcome: Result<(token: String, Person), any Error>?

        func run(_ body: @escaping @Sendable () throws -> (token: String, Person)) async {
            do {
                outcome = .success(try await NIOThreadPool.singleton.runIfActive(body))
            } catch {
                outcome = .failure(error)
            }
        }

        func result() throws -> (token: String, Person) {
            guard let outcome else { throw Problem(.internalError) }
            return try outcome.get()
        }
    }
}
