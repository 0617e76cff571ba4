import SyncEngine

extension Table {
    /// The same table with what a village is called beside its code: people read the name, programs the code.
    /// - Parameter column: the one that holds the code.
    func namingVillages(of column: String = "village") -> Table {
        guard let place = columns.firstIndex(where: { $0.name == column }) else { return self }
        var named = columns
        named[place].display = .hidden
        named.insert(Column(column + "Name", "村居", "Village"), at: place)
        return Table(name, title, columns: named, isComputed: isComputed) { [page] after, limit, database in
            var found = try page(after, limit, database)
            guard !found.rows.isEmpty else { return found }
            let names = try VillageDesk.names(in: database)
            for index in found.rows.indices {
                var name = Cell.empty
                if case .text(let code) = found.rows[index][place] { name = .text(names.name(of: code)) }
                found.rows[index].insert(name, at: place)
            }
            return found
        }
    }
}
