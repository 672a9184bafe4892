/// Where in a message a fault lies. Components are joined only when somebody reads them, so that a sound message costs no text.
struct FieldPath {
    private indirect enum Node {
        case root
        case field(parent: Node, name: String, index: Int?)
    }

    private let node: Node

    init() {
        node = .root
    }

    private init(_ node: Node) {
        self.node = node
    }

    /// The path of a field of this message, and of one element where the field is repeated.
    func field(_ name: String, index: Int?) -> FieldPath {
        FieldPath(.field(parent: node, name: name, index: index))
    }

    /// The path as `essays[3].text`.
    var text: String {
        var parts: [String] = []
        var current = node
        while case .field(let parent, let name, let index) = current {
            parts.append(index.map { "\(name)[\($0)]" } ?? name)
            current = parent
        }
        return parts.reversed().joined(separator: ".")
    }
}
