import CJCore
import Contracts
import Crypto

/// Turns requests into plans, or says what is wrong with them.
struct RequestParser: Sendable {
    /// Judgements that one pair may get: both orders.
    static let maximumJudgementsPerPair = 2
    /// Bytes of a grade's name.
    static let longestGrade = 16

    let configuration: CJAssessmentConfiguration

    /// Checks a request to start an assessment, with the essays uploaded before it put in front of its own.
    func plan(
        _ request: CJV1.StartAssessmentRequest, uploaded: [CJV1.Essay]
    ) throws(RequestFault) -> AssessmentPlan {
        let id = try assessmentID(request.assessmentID)
        let named = request.gradeScale.isEmpty ? nil : try grading(request)
        let essays = try self.essays(uploaded + request.essays, grades: named?.grades ?? request.grades)
        guard essays.count >= 2 else {
            throw RequestFault("essays", "expected at least 2 essays to compare, got \(essays.count)")
        }
        let grading = if let named { named } else { try self.grading(request) }
        return AssessmentPlan(
            id: id,
            essays: essays,
            instructions: try instructions(request),
            grading: try grading.fitting(essays, named: named == nil ? "grades" : "grade_scale"),
            judge: try judge(request.judge),
            stopping: try stopping(
                request.stopping, essays: essays.count, anchors: essays.count { $0.anchorGrade != nil }),
            pairing: try pairing(request.pairing),
            seed: request.seed,
            maximumInFlight: try inFlight(request.maxInFlight),
            tenant: try tenant(request.tenant),
            dispatch: try dispatch(request.judge?.dispatch ?? .unspecified))
    }

    private func dispatch(_ dispatch: CJV1.Dispatch) throws(RequestFault) -> DispatchChoice.Wish {
        switch dispatch {
        case .unspecified, .immediate: .immediate
        case .batch: .batch
        case .auto: .auto
        default: throw RequestFault("judge.dispatch", "expected DISPATCH_IMMEDIATE, _BATCH or _AUTO")
        }
    }

    /// Checks essays handed over ahead of their assessment.
    func upload(_ request: CJV1.UploadEssaysRequest) throws(RequestFault) -> (assessment: String, essays: [CJV1.Essay]) {
        let id = try assessmentID(request.assessmentID)
        guard !request.essays.isEmpty else { throw RequestFault("essays", "expected at least one essay") }
        var seen: Set<String> = []
        for (index, essay) in request.essays.enumerated() {
            _ = try self.essay(essay, at: "essays[\(index)]")
            guard seen.insert(essay.id).inserted else {
                throw RequestFault("essays[\(index)].id", "the id of an earlier essay: \(essay.id)")
            }
        }
        return (id, request.essays)
    }

    /// Checks an assessment's id: 1 to 64 characters of A–Z a–z 0–9 . _ -
    func assessmentID(_ id: String) throws(RequestFault) -> String {
        let isSound = (1...64).contains(id.utf8.count) && id.utf8.allSatisfy(Self.isIdentifierByte)
        guard isSound else {
            throw RequestFault("assessment_id", "expected 1 to 64 characters of A–Z a–z 0–9 . _ -")
        }
        return id
    }

    /// Checks who pays, as the provider service does.
    private func tenant(_ name: String) throws(RequestFault) -> String {
        guard name.utf8.count <= 100, name.utf8.allSatisfy({ Self.isIdentifierByte($0) || $0 == UInt8(ascii: ":") }) else {
            throw RequestFault("tenant", "expected at most 100 characters of A–Z a–z 0–9 . _ : -")
        }
        return name
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}

// MARK: - Essays

extension RequestParser {
    private func essays(_ essays: [CJV1.Essay], grades: [String]) throws(RequestFault) -> [AssessmentPlan.Essay] {
        guard essays.count <= configuration.maximumEssays else {
            throw RequestFault("essays", "expected at most \(configuration.maximumEssays) essays, got \(essays.count)")
        }
        let bytes = essays.reduce(0) { $0 + $1.text.count }
        guard bytes <= configuration.maximumPileBytes else {
            throw RequestFault("essays", "expected at most \(configuration.maximumPileBytes) bytes in all, got \(bytes)")
        }
        var byID: [String: Int] = [:]
        var byText: [SHA256Digest: Int] = [:]
        var accepted: [AssessmentPlan.Essay] = []
        for (index, essay) in essays.enumerated() {
            let path = "essays[\(index)]"
            let parsed = try self.essay(essay, at: path)
            if let earlier = byID.updateValue(index, forKey: parsed.id) {
                throw RequestFault("\(path).id", "the id of essays[\(earlier)]: \(parsed.id)")
            }
            if let earlier = byText.updateValue(index, forKey: SHA256.hash(data: essay.text)) {
                throw RequestFault("\(path).text", "the same text as essays[\(earlier)] (\(essays[earlier].id))")
            }
            if let grade = parsed.anchorGrade, !grades.contains(grade) {
                throw RequestFault("\(path).anchor_grade", "expected one of the grades of the request, got \(grade)")
            }
            accepted.append(parsed)
        }
        return accepted
    }

    private func essay(_ essay: CJV1.Essay, at path: String) throws(RequestFault) -> AssessmentPlan.Essay {
        guard (1...255).contains(essay.id.utf8.count),
            !essay.id.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw RequestFault("\(path).id", "expected 1 to 255 bytes without control characters")
        }
        guard essay.text.count <= configuration.maximumEssayBytes else {
            throw RequestFault(
                "\(path).text", "expected at most \(configuration.maximumEssayBytes) bytes, got \(essay.text.count)")
        }
        let text = try self.text(essay.text, at: "\(path).text")
        // What shows nothing is no text, whatever it is made of.
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace && !$0.properties.isDefaultIgnorableCodePoint })
        else {
            throw RequestFault("\(path).text", "expected a text, got only white space")
        }
        guard essay.anchorGrade.utf8.count <= Self.longestGrade else {
            throw RequestFault(
                "\(path).anchor_grade", "expected at most \(Self.longestGrade) bytes, got \(essay.anchorGrade.utf8.count)")
        }
        return AssessmentPlan.Essay(
            id: essay.id, text: text, anchorGrade: essay.anchorGrade.isEmpty ? nil : essay.anchorGrade)
    }

    private func text(_ bytes: [UInt8], at path: String) throws(RequestFault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RequestFault(path, "expected UTF-8")
        }
        return text
    }
}

// MARK: - Settings

extension RequestParser {
    private func instructions(_ request: CJV1.StartAssessmentRequest) throws(RequestFault) -> AssessmentPlan.Instructions {
        for (name, bytes) in [("question", request.question), ("rubric", request.rubric)] {
            guard bytes.count <= configuration.maximumInstructionBytes else {
                throw RequestFault(name, "expected at most \(configuration.maximumInstructionBytes) bytes, got \(bytes.count)")
            }
        }
        let language = request.language.isEmpty ? "en" : request.language
        guard PromptTemplate(language: language) != nil else {
            throw RequestFault("language", "expected en or sv, got \(language)")
        }
        return AssessmentPlan.Instructions(
            question: try text(request.question, at: "question"), rubric: try text(request.rubric, at: "rubric"),
            language: language)
    }

    private func judge(_ settings: CJV1.JudgeSettings?) throws(RequestFault) -> AssessmentPlan.Judge {
        guard let settings else { throw RequestFault("judge", "expected a provider and a model") }
        guard !settings.provider.isEmpty else { throw RequestFault("judge.provider", "expected the name of a provider") }
        guard !settings.model.isEmpty else { throw RequestFault("judge.model", "expected the name of a model") }
        if let temperature = settings.temperature, !(0...2).contains(temperature) {
            throw RequestFault("judge.temperature", "expected 0 to 2, got \(temperature)")
        }
        let tokens = settings.maxOutputTokens == 0 ? configuration.defaultMaximumOutputTokens : Int(settings.maxOutputTokens)
        let asked = settings.verdictLevels == 0 ? VerdictLevels.four : VerdictLevels(rawValue: Int(settings.verdictLevels))
        guard let levels = asked else {
            throw RequestFault("judge.verdict_levels", "expected 2 or 4, got \(settings.verdictLevels)")
        }
        return AssessmentPlan.Judge(
            provider: settings.provider, model: settings.model, temperature: settings.temperature, maximumOutputTokens: tokens,
            levels: levels)
    }

    private func pairing(_ strategy: CJV1.PairingStrategy) throws(RequestFault) -> AssessmentPlan.Pairing {
        switch strategy {
        case .unspecified, .information: .information
        case .random: .random
        case .rounds: .rounds
        case .matching: .matching
        default: throw RequestFault("pairing", "expected PAIRING_STRATEGY_INFORMATION, _RANDOM, _ROUNDS or _MATCHING")
        }
    }

    func inFlight(_ asked: UInt32) throws(RequestFault) -> Int {
        guard asked <= UInt32(configuration.maximumInFlight) else {
            throw RequestFault("max_in_flight", "expected at most \(configuration.maximumInFlight), got \(asked)")
        }
        return asked == 0 ? configuration.defaultInFlight : Int(asked)
    }
}
