import Foundation
import Testing

@testable import CJCore

/// Games between the ice hockey teams of American colleges in the season of 2009, a data set of the R package BradleyTerry2, which is not part
/// of the repository: R tells the games, and what the package says of them by maximum likelihood.
///
/// Debian has both: `apt-get install r-cran-bradleyterry2`.
private struct IceHockey {
    struct Game {
        let home: String
        let visitor: String
        /// 1, 0.5 or 0.
        let homeScore: Double
        /// Whether the game was played where the one that is named the home team is at home.
        let isAtHome: Bool
    }

    private(set) var games: [Game] = []
    /// By team, and for the advantage of playing at home.
    private(set) var coefficients: [String: (estimate: Double, standardError: Double)] = [:]

    static let advantage = "home.ice"

    private static let script = """
        suppressPackageStartupMessages(library(BradleyTerry2))
        data(icehockey)
        games <- with(icehockey, data.frame(opponent, visitor, 1 - result, as.integer(home.ice)))
        write.table(cbind("game", games), sep = "\\t", quote = FALSE, row.names = FALSE, col.names = FALSE)
        fit <- BTm(
            result, data.frame(team = visitor, home.ice = 0), data.frame(team = opponent, home.ice = home.ice),
            formula = ~ team + home.ice, id = "team", data = icehockey, epsilon = 1e-12, maxit = 100)
        found <- summary(fit)$coefficients[, 1:2]
        rownames(found) <- sub("^team", "", rownames(found))
        write.table(cbind("coefficient", format(found, digits = 12)), sep = "\\t", quote = FALSE, col.names = FALSE)
        """

    /// Nothing where R or the package is not there.
    static let told: IceHockey? = {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["Rscript", "-e", script]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil, let bytes = try? output.fileHandleForReading.readToEnd() else { return nil }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? IceHockey(String(decoding: bytes, as: UTF8.self)) : nil
    }()

    private init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t").map { $0.trimmingCharacters(in: .whitespaces) }
            if fields.first == "game" {
                games.append(
                    Game(home: fields[1], visitor: fields[2], homeScore: Double(fields[3]) ?? .nan, isAtHome: fields[4] == "1"))
            } else {
                coefficients[fields[0]] = (Double(fields[2]) ?? .nan, Double(fields[3]) ?? .nan)
            }
        }
    }
}

@Suite("Ice hockey", .enabled(if: IceHockey.told != nil, "R with the package BradleyTerry2 is not there"))
struct IceHockeyTests {
    @Test("Teams and their advantage at home, which some games are without, are what R says of them")
    func teams() throws {
        let hockey = try #require(IceHockey.told)
        #expect(hockey.games.count == 1_083)
        let teams = Set(hockey.games.flatMap { [$0.home, $0.visitor] }).sorted()
        let places = Dictionary(uniqueKeysWithValues: teams.enumerated().map { ($1, $0) })
        // Games at a third place are given half in either order to a judge of their own, whose bias is then zero.
        var judgements = IndexedJudgements(itemCount: teams.count, judgeCount: 2)
        for game in hockey.games {
            let (home, visitor) = (try #require(places[game.home]), try #require(places[game.visitor]))
            let outcome: Outcome = game.homeScore == 1 ? .first : game.homeScore == 0 ? .second : .tie
            if game.isAtHome {
                judgements.append(first: home, second: visitor, outcome: outcome, judge: 0)
            } else {
                judgements.append(first: home, second: visitor, outcome: outcome, judge: 1, weight: 0.5)
                judgements.append(first: visitor, second: home, outcome: outcome.swapped, judge: 1, weight: 0.5)
            }
        }
        let table = ComparisonTable(judgements, reading: .init(halvesTies: true))
        // So wide priors leave the likelihood alone.
        let posterior = Posterior(
            table: table,
            settings: .init(model: table.customaryModel, abilityDeviation: 1_000, biasDeviation: 1_000, biasByJudge: true))
        let fit = PosteriorFit(posterior)
        let bias = posterior.layout.bias(of: 0)
        let home = try #require(hockey.coefficients[IceHockey.advantage])
        #expect((home.estimate - 0.4029).magnitude < 5e-5)
        #expect((fit.mode[bias] - home.estimate).magnitude < 1e-5)
        #expect((fit.inverse.diagonal(bias).squareRoot() - home.standardError).magnitude < 1e-5)
        // R holds one team at zero.
        #expect(hockey.coefficients.count == teams.count)
        let zero = try #require(teams.firstIndex { hockey.coefficients[$0] == nil })
        for (place, team) in teams.enumerated() where place != zero {
            let published = try #require(hockey.coefficients[team])
            #expect((fit.mode[place] - fit.mode[zero] - published.estimate).magnitude < 1e-5, "\(team)")
            let variance = fit.inverse.diagonal(place) + fit.inverse.diagonal(zero) - 2 * fit.inverse[place, zero]
            #expect((variance.squareRoot() - published.standardError).magnitude < 1e-5, "\(team)")
        }
    }
}
