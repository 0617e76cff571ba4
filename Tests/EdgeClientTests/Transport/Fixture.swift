import Testing

@testable import EdgeClient

/// Short limits, and no proxy whatever the environment of the tests says.
func transport(_ policy: TLSPolicy = .plain, limits: TransportLimits = .short) throws -> HTTPTransport {
    try HTTPTransport(policy, limits: limits, proxy: ProxySettings(exceptions: "*"))
}

extension TransportLimits {
    static let short = TransportLimits(
        connectTime: .seconds(5), lowSpeedBytesPerSecond: 100, lowSpeedTime: .seconds(5), answerBodyBytes: 100_000)
}

/// The error that an exchange ends in.
func failure(
    _ body: () throws(TransportError) -> some Any, sourceLocation: SourceLocation = #_sourceLocation
) throws -> TransportError {
    do {
        _ = try body()
    } catch {
        // Every failure tells the user what to do, in both languages.
        #expect(error.message.zh.contains("。") && error.message.en.contains("."), sourceLocation: sourceLocation)
        #expect(!error.detail.isEmpty, sourceLocation: sourceLocation)
        return error
    }
    Issue.record("an error was expected", sourceLocation: sourceLocation)
    throw NoError()
}

struct NoError: Error {}

let hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
