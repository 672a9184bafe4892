import ArgumentParser
import FakeProvider

struct JudgeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A table with a header row and the columns file and overall.", valueName: "csv"))
    var qualities: String?

    @Option(help: "The column that holds the quality.")
    var column = "overall"

    @Option(help: ArgumentHelp("The folder with the essays; by default the table's.", valueName: "folder"))
    var essays: String?

    @Option(help: "Logits per unit of quality.")
    var discrimination: Double = JudgeSettings().discrimination

    @Option(help: "Logits in favour of the essay shown first.")
    var positionBias: Double = JudgeSettings().positionBias

    @Option(help: "Standard deviation, in logits, of what the judge holds for or against a pair.")
    var idiosyncrasy: Double = JudgeSettings().idiosyncrasy

    var settings: JudgeSettings {
        JudgeSettings(discrimination: discrimination, positionBias: positionBias, idiosyncrasy: idiosyncrasy)
    }

    func readQualities() throws -> [String: Double] {
        guard let qualities else { return [:] }
        let folder = essays ?? qualities.lastIndex(of: "/").map { String(qualities[..<$0]) } ?? "."
        return try FakeProvider.qualities(fromCSV: qualities, column: column, folder: folder)
    }

    func validate() throws {
        guard discrimination.isFinite, positionBias.isFinite, idiosyncrasy.isFinite, idiosyncrasy >= 0 else {
            throw ValidationError("The judge's settings are finite numbers, and --idiosyncrasy is not negative.")
        }
    }
}

struct LimitOptions: ParsableArguments {
    @Option(
        help: "Requests per minute of each model's pool. Any of the three switches limits on; the others are then 10 million.")
    var requestsPerMinute: Int?

    @Option(help: "Input tokens per minute, what is read from the cache left out.")
    var inputTokensPerMinute: Int?

    @Option(help: "Output tokens per minute.")
    var outputTokensPerMinute: Int?

    @Option(help: ArgumentHelp("How much a full bucket holds, in milliseconds of its refill.", valueName: "ms"))
    var burst = 60_000

    func limits() throws -> RateLimits? {
        guard requestsPerMinute != nil || inputTokensPerMinute != nil || outputTokensPerMinute != nil else { return nil }
        let large = 10_000_000
        return RateLimits(
            requestsPerMinute: requestsPerMinute ?? large, inputTokensPerMinute: inputTokensPerMinute ?? large,
            outputTokensPerMinute: outputTokensPerMinute ?? large, burst: .milliseconds(burst))
    }

    func validate() throws {
        let numbers = [requestsPerMinute, inputTokensPerMinute, outputTokensPerMinute, burst].compactMap { $0 }
        guard numbers.allSatisfy({ $0 > 0 }) else { throw ValidationError("Limits are positive.") }
    }
}

struct BatchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long a message batch takes.", valueName: "ms"))
    var batchDuration = 0

    @Option(help: ArgumentHelp("How long after its creation a batch expires; by default a day.", valueName: "ms"))
    var batchLifetime = 86_400_000

    @Option(
        help: ArgumentHelp(
            "What happens to the first calls that create a batch, separated by commas; 'ok' lets one pass.",
            valueName: "fault,fault,…"))
    var batchScript: String?

    func settings() throws -> BatchSettings {
        guard batchDuration >= 0, batchLifetime > 0 else {
            throw ValidationError("--batch-duration is not negative, and --batch-lifetime is positive.")
        }
        return BatchSettings(
            duration: .milliseconds(batchDuration), lifetime: .milliseconds(batchLifetime),
            script: try FaultOptions.steps(batchScript))
    }

    func validate() throws {
        _ = try settings()
    }
}

struct FaultOptions: ParsableArguments {
    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp(
            "Let this go wrong with this probability. May be repeated. Faults: \(FaultPlan.Fault.notation).",
            valueName: "fault=probability"))
    var probabilities: [String] = []

    @Option(
        help: ArgumentHelp(
            "What happens to the first requests, separated by commas; 'ok' lets one pass.", valueName: "fault,fault,…"))
    var script: String?

    @Option(help: ArgumentHelp("Let this happen to every request.", valueName: "fault"))
    var always: String?

    @Option(help: ArgumentHelp("The shortest time that an answer takes.", valueName: "ms"))
    var minLatency = 0

    @Option(help: ArgumentHelp("The longest time; by default the shortest.", valueName: "ms"))
    var maxLatency: Int?

    func plan() throws -> FaultPlan {
        let likelihoods = try probabilities.map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let probability = Double(parts[1]), (0...1).contains(probability) else {
                throw ValidationError("--fault takes a fault, '=' and a probability between 0 and 1, not '\(text)'.")
            }
            return FaultPlan.Likelihood(try Self.fault(parts[0]), probability)
        }
        guard likelihoods.reduce(0, { $0 + $1.probability }) <= 1 else {
            throw ValidationError("The probabilities of --fault add up to at most 1.")
        }
        return FaultPlan(always: try always.map(Self.fault), script: try Self.steps(script), probabilities: likelihoods)
    }

    static func steps(_ script: String?) throws -> [FaultPlan.Fault?] {
        try (script ?? "").split(separator: ",").map { text in try text == "ok" ? nil : fault(String(text)) }
    }

    func latency() throws -> FakeProviderConfiguration.Latency {
        let longest = maxLatency ?? minLatency
        guard minLatency >= 0, minLatency <= longest else {
            throw ValidationError("--min-latency is not negative and not above --max-latency.")
        }
        return FakeProviderConfiguration.Latency(minimum: .milliseconds(minLatency), maximum: .milliseconds(longest))
    }

    func validate() throws {
        _ = try plan()
        _ = try latency()
    }

    private static func fault(_ text: String) throws -> FaultPlan.Fault {
        guard let fault = FaultPlan.Fault(text) else {
            throw ValidationError("'\(text)' is no fault. Faults: \(FaultPlan.Fault.notation).")
        }
        return fault
    }
}
