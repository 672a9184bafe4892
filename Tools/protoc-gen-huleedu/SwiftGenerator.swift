/// Writes the Swift files: one for each `.proto` file and one with the namespaces and the descriptor set.
struct SwiftGenerator {
    static let header = """
        // Generated from the contracts by Tools/generate; not to be edited.
        // swift-format-ignore-file
        """

    let files: [SchemaFile]
    /// The C target with the messages' structures.
    let module: String

    func generate() -> [GeneratedFile] {
        let names = TypeNames(files)
        let wanted = files.filter(\.isWanted)
        return wanted.map { generate($0, names: names) } + [namespaces(of: wanted)]
    }

    private func generate(_ file: SchemaFile, names: TypeNames) -> GeneratedFile {
        var source = SourceText()
        source.line(Self.header)
        source.line()
        if !file.messages.isEmpty { source.line("private import \(module)") }
        source.line("public import Wire")
        source.line()
        source.block("extension \(file.namespace)") { source in
            var isFirst = true
            func separate() {
                if !isFirst { source.line() }
                isFirst = false
            }
            for service in file.services {
                separate()
                ServiceGenerator(service: service, names: names).declarations(into: &source)
            }
            for message in file.messages {
                separate()
                MessageGenerator(message: message, names: names).declaration(into: &source)
            }
            for enumeration in file.enums {
                separate()
                EnumGenerator(enumeration: enumeration).declaration(into: &source)
            }
        }
        for message in file.messages {
            MessageGenerator(message: message, names: names).conformance(into: &source)
        }
        let name = file.path.split(separator: "/").dropFirst().joined(separator: "_").dropLast(".proto".count)
        return GeneratedFile(name: "\(name).swift", content: source.text)
    }

    private func namespaces(of files: [SchemaFile]) -> GeneratedFile {
        var source = SourceText()
        source.line(Self.header)
        source.line()
        source.line("private import \(module)")
        let packages = Dictionary(files.map { ($0.namespace, $0.package) }, uniquingKeysWith: { first, _ in first })
        for (namespace, package) in packages.sorted(by: { $0.key < $1.key }) {
            source.line()
            source.line("/// The contracts of `\(package)`.")
            source.line("public enum \(namespace) {}")
        }
        source.line()
        source.line("/// The contracts as protoc describes them.")
        source.block("public enum ContractDescriptors") { source in
            source.line("/// A serialised `google.protobuf.FileDescriptorSet` of every contract.")
            source.block("public static var fileDescriptorSet: [UInt8]") {
                $0.line(
                    "Array(UnsafeBufferPointer(start: \(module)_file_descriptor_set(), count: \(module)_file_descriptor_set_size()))"
                )
            }
        }
        return GeneratedFile(name: "Namespaces.swift", content: source.text)
    }
}

/// A file of the plugin's answer.
struct GeneratedFile {
    let name: String
    let content: String
}
