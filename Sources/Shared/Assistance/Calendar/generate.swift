import Foundation

// Writes WorkCalendarTable from china-holidays.csv (date,kind,holiday): `swift generate.swift > WorkCalendarTable.swift`.
let names = [
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "Mid-autumn Festival": "中秋节", "National Day": "国庆节",
]
let folder = URL(filePath: #filePath).deletingLastPathComponent()
let csv = try String(contentsOf: folder.appending(path: "china-holidays.csv"), encoding: .utf8)
var holidays: [String] = []
var days: [String: (off: [String], work: [String])] = [:]
for line in csv.split(whereSeparator: \.isNewline).dropFirst() {
    let cells = line.split(separator: ",").map(String.init)
    let holiday = "\(cells[0].prefix(4)) \(names[cells[2]]!)"
    if days[holiday] == nil { holidays.append(holiday) }
    let day = cells[0].dropFirst(5).filter { $0 != "-" }
    if cells[1] == "public-holiday" { days[holiday, default: ([], [])].off.append(day) }
    if cells[1] == "working-weekend" { days[holiday, default: ([], [])].work.append(day) }
}
print(
    """
    /// The public holidays and working weekends of the State Council's yearly notices (国务院办公厅关于部分节假日安排的通知),
    /// written by `generate.swift` from `china-holidays.csv` beside it: year, holiday, its days off, then the weekend
    /// days that are worked for it.
    enum WorkCalendarTable {
        static let text = \"""
    """)
for holiday in holidays {
    let (off, work) = days[holiday]!
    print(
        "        \(holiday) 休 \(off.joined(separator: " "))" + (work.isEmpty ? "" : " 班 \(work.joined(separator: " "))")
    )
}
print("        \"\"\"\n}")
