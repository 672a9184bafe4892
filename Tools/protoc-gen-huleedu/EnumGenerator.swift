/// Writes an enum as a structure around its number, so that a value this version does not know is kept and passed on.
struct EnumGenerator {
    let enumeration: SchemaEnum

    func declaration(into source: inout SourceText) {
        source.documentation(enumeration.comment)
        source.block("public struct \(enumeration.name): RawRepresentable, Sendable, Hashable, CustomStringConvertible") {
            source in
            source.line("public let rawValue: Int32")
            source.line()
            source.block("public init(rawValue: Int32)") { $0.line("self.rawValue = rawValue") }
            source.line()
            for value in enumeration.values {
                source.documentation(value.comment)
                source.line("public static let \(name(of: value)) = \(enumeration.name)(rawValue: \(value.number))")
            }
            source.line()
            source.line("/// The name in the contract, or the number of a value that this version does not know.")
            source.block("public var description: String") { source in
                source.block("switch rawValue") { source in
                    for value in enumeration.values { source.line("case \(value.number): \"\(value.name)\"") }
                    source.line("default: \"\\(rawValue)\"")
                }
            }
        }
    }

    private func name(of value: SchemaEnum.Value) -> String {
        Names.value(value.name, of: enumeration.name)
    }
}
