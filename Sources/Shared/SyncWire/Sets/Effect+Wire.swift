import SyncEngine

extension WireEffects {
    init(_ effects: [Effect]) {
        self.init()
        fields = effects.map(\.field)
        if effects.contains(where: { $0.result != .applied }) { results = effects.map { Result($0.result) } }
        var columns = ColumnWriter()
        if effects.contains(where: { !$0.old.isNull }) {
            oldTags = effects.map { columns.append($0.old, element: $0.element) }
        }
        newTags = effects.map { columns.append($0.new, element: $0.element) }
        numbers = columns.numbers
        texts = columns.texts
        for (row, effect) in effects.enumerated() {
            if let element = effect.element { elements.append(WireElement(row, element)) }
        }
    }

    /// - Throws: ``CodecError`` for columns of different lengths, unknown tags and results.
    func effects() throws(CodecError) -> [Effect] {
        let rows = fields.count
        guard newTags.count == rows, oldTags.isEmpty || oldTags.count == rows, results.isEmpty || results.count == rows
        else { throw CodecError("columns of different lengths") }
        var effects: [Effect] = []
        effects.reserveCapacity(rows)
        var columns = ColumnReader(numbers: numbers, texts: texts)
        var elements = ElementRows(self.elements)
        for row in 0..<rows {
            let element = try elements.element(of: row)
            let old = oldTags.isEmpty ? .null : try columns.value(oldTags[row], element: element)
            let result = results.isEmpty ? .applied : try results[row].engine()
            effects.append(
                Effect(try checkedName(fields[row], "field"), element: element, old: old, new: .null, result))
        }
        for row in 0..<rows { effects[row].new = try columns.value(newTags[row], element: effects[row].element) }
        try columns.finish()
        try elements.finish()
        return effects
    }
}

extension WireEffects.Result {
    fileprivate init(_ result: Effect.Result) {
        self =
            switch result {
            case .applied: .applied
            case .equal: .equal
            case .lost: .lost
            case .derived: .derived
            }
    }

    fileprivate func engine() throws(CodecError) -> Effect.Result {
        switch self {
        case .applied: .applied
        case .equal: .equal
        case .lost: .lost
        case .derived: .derived
        case .unspecified, .UNRECOGNIZED: throw CodecError("unknown result")
        }
    }
}
