import Foundation
import Testing

/// The dashboards and alerts that the package brings.
enum ObservabilityFiles {
    static let folder = Package.root + "/Tools/observability"
    static let rules = folder + "/alerts/llm-provider.yml"
    static let ruleTests = folder + "/alerts/llm-provider.test.yml"
    static let dashboardNames = ["HuleEdu_LLM_Prompt_Cache", "HuleEdu_LLM_Provider"]

    /// As far as it is looked at.
    struct Dashboard: Decodable {
        struct Panel: Decodable {
            struct Target: Decodable {
                let refId: String
                let expr: String
            }
            struct Place: Decodable, Equatable {
                let x: Int
                let y: Int
                let w: Int
                let h: Int

                func overlaps(_ other: Place) -> Bool {
                    x < other.x + other.w && other.x < x + w && y < other.y + other.h && other.y < y + h
                }
            }
            let id: Int
            let title: String
            let gridPos: Place
            let targets: [Target]
        }
        let uid: String
        let title: String
        let panels: [Panel]

        var expressions: [String] { panels.flatMap { $0.targets.map(\.expr) } }
    }

    static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    static func dashboard(_ name: String) throws -> Dashboard {
        let file = URL(filePath: "\(folder)/dashboards/\(name).json")
        return try JSONDecoder().decode(Dashboard.self, from: Data(contentsOf: file))
    }

    /// Names of alerts, in their order.
    static func alerts() throws -> [String] {
        try text(rules).split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /\s+- alert: (\w+)/).map { String($0.1) }
        }
    }

    /// Names of metrics of the service in a text.
    static func metrics(in text: String) -> Set<String> {
        Set(text.matches(of: /llm_provider_[a-z_]+/).map { String($0.0) })
    }
}
