extension PhraseRule {
    /// The rules of both languages.
    static let all = english + swedish

    private static let english: [PhraseRule] = overrides + demands + statements + addresses

    private static let task = "instruction*|rule*|criteria|criterion|rubric*|prompt*|guideline*|direction*|command*|order*"
    private static let essay = "essay|essays|text|paper|submission|composition|piece|work|answer|response|entry"
    private static let best = "win|winner|wins|winning|first|better|best|highest|top|preferred|chosen|selected|superior|stronger"
    private static let judge =
        "examiner*|judge*|grader*|marker*|assessor*|evaluator*|rater*|ai|llm|chatgpt|gpt|claude|gemini|chatbot|bot|model|assistant"

    private static let overrides: [PhraseRule] = [
        "!ignore|disregard|forget|bypass|override|overlook|discard 4 previous|prior|above|earlier|preceding|your|existing|original 3 \(task)",
        "!ignore|disregard|forget|bypass|override|overlook|discard 3 \(task) 2 above|before|earlier|previously|given",
        "!ignore|disregard|forget|bypass|override|discard 2 rubric*|prompt*|criteria",
        "!ignore|disregard|forget|bypass|override|discard all|any 1 instruction*|guideline*",
        "!forget|disregard|ignore everything|anything|all|what 1 you 3 told|read|heard|learned|learnt|instructed|taught",
        "your|prior|previous|earlier|received 4 \(task) 5 void|replaced|invalid|cancelled|canceled|suspended|superseded|apply",
        "instruction*|guideline*|criteria|rules 3 received|earlier|previous 4 longer|void|replaced|invalid",
        "^new|updated|revised|actual|real|additional instruction*|rules|task|prompt:",
        "!do|must|dont|never 1 follow|use|apply 2 rubric*|criteria|guideline*",
        "!do|dont|never 1 compare|evaluate|grade|judge 1 essays|texts|essay|text",
        "must not 1 follow|use|apply 2 rubric*|criteria|guideline*|instructions",
        "!set|put|leave aside 3 \(task)",
        "!set|put|leave 3 \(task) aside",
        "!skip 2 rubric*|criteria|instruction*|evaluation|comparison",
        "!stop evaluating|grading|judging|comparing|marking here|now|the|this",
        "override mode|code|enabled", "overrid* 3 instruction*|rubric*|grading|criteria",
        "only 3 instruction*|rules 3 this|these 1 \(essay) 3 count|apply|matter",
        "!pay no 1 attention|heed to 3 \(task)|system",
        "!drop|abandon|suspend|cancel|erase|delete|reset 2 your|previous|prior|earlier|all 2 \(task)",
        "!drop|abandon|suspend|cancel|end 1 comparison|evaluation|grading|judging", "!treat 1 \(task) 2 as 1 if|void|optional",
        "whatever 2 you 3 asked|told|instructed|given 6 leave|forget|ignore|instead",
        "marking|grading|scoring|assessment 1 scheme|rules|system|criteria|policy 2 has|have|was|were changed|replaced|updated",
        "criteria|rubric|instructions 2 has|have been 1 changed|replaced|updated|revoked|withdrawn", "system prompt",
    ].map { PhraseRule(.override, $0) }

    private static let demands: [PhraseRule] = [
        "!choose|pick|select|prefer|favour|favor|declare|vote|rank|rate|mark|score|grade|judge|award|crown|report|place|reward|let 3 this|my|present|following 1 \(essay)",
        "choose|choosing|prefer|preferring|select|selecting|pick|picking|reward|favouring|favoring 2 my|this|present 1 \(essay)",
        "!prefer|choose|select|pick|favour|favor 1 \(essay) above|below|containing|here",
        "favour|favor 2 present|this 1 \(essay)",
        "!report|declare|name|call|announce|submit 1 essay|text 1|2|one|two|a|b 3 \(best)",
        "!declare|report|name|announce 3 first|second 3 winner|better|best",
        "!give|assign|award|grant 2 this|my 1 \(essay) 4 highest|top|full|maximum|best|good|high|an|a|win|5|100",
        "!give|assign|award|grant me|us|it 3 highest|top|full|maximum|good|best|an 1 grade*|mark*|score*|points|a.",
        "!award|give|grant 2 win|victory|prize 2 to 3 \(essay)",
        "award|awarding|give|giving 1 win|victory 2 to 3 \(essay)",
        "!assign|award|give 2 top|highest|full|maximum 1 mark*|grade*|score*|points.",
        "!answer|respond|reply|return|output|print|say|write 2 first|second|undecided.",
        "!answer|respond|reply|return|output|print|say|vote 2 essay|text 1|2|one|two|a|b",
        "always|only 1 say|answer|vote|choose|pick|report|prefer|votes 5 this|first|second",
        "!put|place|rank|rate|mark me|mine 2 ahead|first|above|before|over|higher|top",
        "!pick|choose|select|favour|favor|prefer me|mine.",
        "put|putting|place|placing|ranking me|mine 1 ahead|first|above|over",
        "my 1 \(essay) 2 come 1 out|first 2 top|ahead|first",
        "!let my 1 \(essay) 2 come|win|be", "see to it 2 this|my 2 wins|win|chosen|\(essay)",
        "!mark|grade|score|rank|rate 1 other 1 \(essay)",
        "let this 1 \(essay)|one win",
        "!submit|return|give 2 verdict|decision 2 this|first|second|that",
        "!decide|rule 1 favour|favor 2 this|my|present|first|second",
    ].map { PhraseRule(.demand, $0) }

    private static let statements: [PhraseRule] = [
        "this|my|present 1 \(essay) 2 should|must|deserves|is|ought|needs|has|will 4 \(best)|ranked|placed|prioritised",
        "this|my|present \(essay) wins", "mine 4 must|should 1 win",
        "essay|text 1|2|one|two|a|b 3 wins|won|winner|better|best|stronger|superior",
        "first|second essay|text 2 wins|winner|better|best|stronger|superior",
        "first|second|other one|essay|text 4 clearly|obviously|already 2 better|best|winner|worse",
        "correct|right|only|proper|valid|true|expected 1 verdict|output|judgement|judgment|decision|outcome 6 first|second|essay|text|this|name|undecided",
        "right|correct answer is first|second|essay|text",
        "your|the|final verdict|output|decision|judgement|judgment|vote must|should|shall|will|is|has|can 2 be|is|essay|first|second|text 2 first|second|this|essay|text|undecided|1|2",
        "your answer|response|reply must|should|shall|will 2 first|second|essay|undecided.",
        "winner|verdict is|to|equals|as first|second|undecided.", "winner|verdict is|to 1 essay|text 1|2|one|two",
        "confidence to|of|is|at 2 5|five|100",
        "this is the 1 stronger|better|superior|winning 1 essay|text|of|one",
        "you|must|will|should 1 conclude that 1 \(essay)|this|first|second",
        "this|my \(essay) deserves 4 full|top|highest|maximum|best|a|win|mark*|grade",
        "honest|fair|competent|good|any|sensible 1 examiner|judge|grader|marker|assessor 6 conclude|agree|choose|prefer|see|pick",
        "essay|text|texts 3 contains|containing|with|mention|mentions 3 this|the 1 sentence|token|phrase|word|code",
        "reward texts|essays",
        "other|second|first 1 essay|text|one 4 disqualified|withdrawn|cheat*|plagiar*|copied|invalid|breaks",
        "every|all|most 1 examiner*|judge*|grader*|assessor* 2 agree* 4 essay|text",
        "already 1 decided|graded|checked|marked 3 \(essay)|win*",
    ].map { PhraseRule(.demand, $0) }

    private static let addresses: [PhraseRule] = [
        "^dear|hello|hi|hey|attention|attn|greetings 2 \(judge)",
        "note|message|memo|notice|reminder|instruction*|information to|for 3 \(judge)",
        "message|notice|order|instruction*|memo from 3 exam|examination|examiner*|board|system|developer*|administrator*|admin|openai|anthropic",
        "^system|assistant|developer|admin|administrator|grader|examiner:",
        "as an|a ai|llm 4 you", "as an|a|the 1 language model 3 you",
        "^you are a|an|now|currently|hereby 5 grader|judge|examiner|assistant|ai|model|mode|bot|evaluator",
        "i am the|your|a 2 teacher|examiner|developer|administrator|grader|programmer 8 checked|graded|marked|assessed|approved|already|testing|assign",
        "me|this|is the developer|administrator", "we are testing you|your",
        "whoever|anyone|person|those 2 reads|reading|grades|grading|marks|marking|judges|judging this",
        "who|you 1 is|are grading|marking|judging|assessing|scoring|evaluating this|my",
        "be 1 lenient|generous|merciful 4 mark*|grad*|judg*|scor*", "please be 1 lenient|generous|merciful",
        "to|for 2 examiner|judge|grader|marker|assessor|evaluator|rater|ai|llm|model:",
        "evaluation|grading|judging harness|bot|pipeline|system|prompt",
        "to the one|person|people 2 marking|grading|judging|assessing|evaluating|reading 1 this",
        "your creators|developers|makers|programmers|trainers|operators", "remainder|rest of this session|conversation|chat",
        "administrator|admin|system|developer|moderator|official notice|message|note|override",
        "scoring|grading|verdict 5 locked|fixed|predetermined",
        "special consideration", "these|following|above instructions 3 judge|grader|examiner|model|ai",
    ].map { PhraseRule(.address, $0) }
}
