/// Progress of long work, on standard error and on a terminal only; gone when the work is done.
package final class ProgressBar {
    /// Where a bar is drawn, and by which clock it is throttled.
    struct Canvas {
        var columns: Int
        var now: () -> ContinuousClock.Instant
        var write: (String) -> Void

        static func ofProcess() -> Canvas? {
            guard StandardStream.errors.isTerminal else { return nil }
            return Canvas(
                columns: StandardStream.errors.columns, now: { .now }, write: StandardStream.errors.write)
        }
    }

    private let label: String
    private let canvas: Canvas?
    private var last: ContinuousClock.Instant?
    private var isDrawn = false
    private var beat = 0

    private static let cells = 24
    private static let interval = Duration.milliseconds(100)
    private static let clear = "\r\u{1B}[K"

    /// - Parameter label: what is being done, in the reader's language.
    package convenience init(label: String) { self.init(label: label, canvas: .ofProcess()) }

    init(label: String, canvas: Canvas?) {
        self.label = label
        self.canvas = canvas
    }

    deinit { finish() }

    /// `completed` of `total`; a total that is not known yet (0) moves the bar without saying how far.
    package func update(completed: Int, total: Int) {
        guard total > 0 else { return pulse(completed > 0 ? String(completed) : "") }
        draw {
            let part = min(1, max(0, Double(completed) / Double(total)))
            let full = Int(part * Double(Self.cells))
            let bar = String(repeating: "█", count: full) + String(repeating: "░", count: Self.cells - full)
            return "\(bar) \(completed)/\(total)"
        }
    }

    /// Work of unknown length goes on.
    package func pulse(_ detail: String = "") {
        draw {
            let place = beat % (Self.cells - 2)
            beat += 1
            let bar =
                String(repeating: "░", count: place) + "███"
                + String(repeating: "░", count: Self.cells - 3 - place)
            return detail.isEmpty ? bar : "\(bar) \(detail)"
        }
    }

    /// Clears the line.
    package func finish() {
        if isDrawn { canvas?.write(Self.clear) }
        isDrawn = false
    }

    private func draw(_ bar: () -> String) {
        guard let canvas else { return }
        let now = canvas.now()
        if let last, last.duration(to: now) < Self.interval { return }
        last = now
        isDrawn = true
        canvas.write(Self.clear + TerminalText.cut("\(label) \(bar())", to: canvas.columns - 1))
    }
}
