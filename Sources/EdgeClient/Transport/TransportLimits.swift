import SyncEngine

/// How long an exchange may take and how large it may be.
package struct TransportLimits: Hashable, Sendable {
    /// From the start to a usable connection: name, TCP, proxy, TLS. On a line with two seconds of delay that is
    /// some five round trips.
    package var connectTime: Duration
    /// An exchange that stays below this many bytes a second …
    package var lowSpeedBytesPerSecond: Int
    /// … for this long (whole seconds; at least one) has stalled. Waiting for a silent server counts.
    package var lowSpeedTime: Duration
    /// Bytes of an answer's body; the transfer is ended at the first byte beyond it.
    package var answerBodyBytes: Int
    /// Bytes of all header lines of an exchange together.
    package var answerHeaderBytes: Int

    package init(
        connectTime: Duration = .seconds(15), lowSpeedBytesPerSecond: Int = 50, lowSpeedTime: Duration = .seconds(20),
        answerBodyBytes: Int = Limits.answerBodyBytes, answerHeaderBytes: Int = 64 * 1024
    ) {
        self.connectTime = connectTime
        self.lowSpeedBytesPerSecond = lowSpeedBytesPerSecond
        self.lowSpeedTime = lowSpeedTime
        self.answerBodyBytes = answerBodyBytes
        self.answerHeaderBytes = answerHeaderBytes
    }
}

extension Duration {
    /// Rounded down; as far as 64 bits go.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (seconds < 0 ? .min : .max) : product &+ attoseconds / 1_000_000_000_000_000
    }
}
