/// How names of a schema are spelled in Swift and in C.
enum Names {
    /// `assessment_id` as `assessmentID`.
    static func property(_ field: String) -> String {
        let words = field.split(separator: "_").map(String.init)
        let joined = words.enumerated().map { index, word in
            index == 0 ? word.lowercased() : Self.capitalised(word)
        }.joined()
        return Self.escaped(joined)
    }

    /// `FIVE_MINUTES` of the enum `CacheMark`, declared as `CACHE_MARK_FIVE_MINUTES`, as `fiveMinutes`.
    static func value(_ value: String, of enumeration: String) -> String {
        let prefix = Self.upperSnake(enumeration) + "_"
        return property(value.hasPrefix(prefix) ? String(value.dropFirst(prefix.count)) : value)
    }

    /// `StartAssessment` as `startAssessment`.
    static func method(_ method: String) -> String {
        Self.escaped(method.prefix(1).lowercased() + method.dropFirst())
    }

    /// `huleedu.cj.v1.Essay` as `huleedu_cj_v1_Essay`, the name of its C accessor.
    static func accessor(_ fullName: String) -> String {
        String(fullName.map { $0 == "." ? "_" : $0 })
    }

    /// `huleedu.cj.v1.ScalePoint` as `huleedu__cj__v1__scale_point`, as protobuf-c spells it.
    static func c(_ fullName: String) -> String {
        fullName.split(separator: ".").map { Self.lowerSnake(String($0)) }.joined(separator: "__")
    }

    private static func capitalised(_ word: String) -> String {
        switch word.lowercased() {
        case "id": "ID"
        case "url": "URL"
        default: word.prefix(1).uppercased() + word.dropFirst().lowercased()
        }
    }

    /// An underscore goes before a capital that does not follow one, as protobuf-c does it.
    private static func lowerSnake(_ name: String) -> String {
        var result = ""
        var wasUpper = true
        for character in name {
            if character.isUppercase, !wasUpper { result.append("_") }
            result.append(character.lowercased())
            wasUpper = character.isUppercase
        }
        return result
    }

    /// An underscore goes before the last capital of a run that a small letter follows: `LLMState` is `LLM_STATE`.
    private static func upperSnake(_ name: String) -> String {
        let characters = Array(name)
        var result = ""
        for (index, character) in characters.enumerated() {
            let followsSmall = index > 0 && !characters[index - 1].isUppercase
            let precedesSmall = index > 0 && index + 1 < characters.count && !characters[index + 1].isUppercase
            if character.isUppercase, followsSmall || precedesSmall, index > 0 { result.append("_") }
            result.append(character.uppercased())
        }
        return result
    }

    private static let keywords: Set<String> = [
        "associatedtype", "as", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do", "else", "enum",
        "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in", "init", "inout",
        "internal", "is", "let", "nil", "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows",
        "return", "self", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias",
        "var",
        "where", "while",
    ]

    private static func escaped(_ name: String) -> String {
        keywords.contains(name) ? "`\(name)`" : name
    }
}
