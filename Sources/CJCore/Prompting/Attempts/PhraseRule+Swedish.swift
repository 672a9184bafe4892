extension PhraseRule {
    static let swedish: [PhraseRule] = swedishOverrides + swedishDemands + swedishAddresses

    private static let task =
        "instruktion*|regler|reglerna|kriteri*|anvisning*|bedomningsanvisning*|prompt*|riktlinj*|matris*|bedomningsmatris*|order*"
    private static let text = "text|texten|uppsats|uppsatsen|inlamning*|svar|svaret|bidrag|bidraget|alster"
    private static let best = "bast|battre|vinnare|vinnaren|vinner|vinna|forst|forsta|hogst|overlagsen|starkare"
    private static let judge =
        "bedomare*|domare*|examinator*|rattare*|ai|chatgpt|gpt|claude|sprakmodell*|modell*|assistent*|robot*"

    private static let swedishOverrides: [PhraseRule] = [
        "!ignorera|bortse|glom|strunta|asidosatt 5 tidigare|foregaende|ovanstaende|dina|befintliga 3 \(task)",
        "!ignorera|bortse|glom|strunta|asidosatt 4 \(task) 2 ovan|tidigare|ovanfor|innan",
        "!ignorera|bortse|glom|strunta|asidosatt 2 kriteri*|matris*|bedomningsanvisning*|bedomningsmatris*|prompt*",
        "!glom|ignorera|bortse 1 allt 1 du 3 hort|hora|last|lart|fatt",
        "tidigare|foregaende|dina 3 \(task) 4 langre|ogiltig*|ersatt*|upphavd*",
        "^nya|uppdaterade|riktiga instruktioner|anvisningar|regler:",
        "!folj inte 3 \(task)", "!hoppa over 2 \(task)", "!sluta jamfora|bedoma|ratta",
        "!bry dig inte om 6 \(task)",
        "instruktion*|anvisning*|regler*|kriteri* 3 tidigare|fick|fatt 4 upphavda|ogiltiga|langre|ersatta|andrats",
        "!lat bli att jamfora|bedoma|lasa|folja", "!lamna utslag*|bedomning* 2 direkt|genast|nu",
        "kriterierna|bedomningen|reglerna|matrisen har 1 andrats|ersatts|upphort|dragits",
        "bara|endast 3 reglerna|instruktionerna|anvisningarna 3 har 1 texten",
    ].map { PhraseRule(.override, $0) }

    private static let swedishDemands: [PhraseRule] = [
        "!valj|utse|ranka|rosta|foredra|placera|bedom|satt|lat|ge 3 den|denna|min|mitt 1 har|text|uppsats|bidrag 1 \(text)|forst|som|framfor|ett|hogsta",
        "valja|foredra|utse|ranka 1 min|denna 1 \(text)", "valja|foredra|utse|ranka den har \(text)",
        "!valj|utse|foredra den \(text) som",
        "!ge|satt 3 min|mitt|denna 1 \(text) 3 a|hogsta|bast|toppbetyg|betyg",
        "!ge|satt 1 den har \(text) 3 a|hogsta|toppbetyg|betyg",
        "!ge|satt hogsta betyg* 3 \(text)|den|min",
        "!ge|satt hogsta betyg* pa 1 den|min|denna 1 \(text)|har",
        "den har|hara \(text) 3 ar|ska|bor|maste|fortjanar|kommer|vinner 4 \(best)|rankas|valjas|hogsta",
        "denna|min \(text) 2 ar|ska|bor|maste|fortjanar|vinner 4 bast|vinna|vinnare|vinnaren|forst|rankas|valjas|hogsta",
        "text|uppsats 1|2|ett|tva 3 vinner|vinnare|vinnaren|bast|battre",
        "ratt|korrekt|enda|giltiga 1 utslag*|bedomning|beslut 6 first|second|text|den|forsta|andra",
        "!svara|skriv|returnera 2 first|second|undecided.", "!svara|skriv|returnera 2 text|uppsats 1|2|ett|tva",
        "alltid 2 saga|svara|valja|rosta* 4 den|forsta|andra|denna", "rostar 2 den forsta|andra|har",
        "texten|text|uppsatsen 3 innehaller 3 har|denna 1 meningen|mening|ordet|frasen",
        "forsta|andra texten|uppsatsen|text|uppsats 4 diskvalificerad*|fusk*|plagiat*|ogiltig*|avskriven",
        "den har \(text) 4 vinna|vinner|bast|forst.",
        "ditt|din svar|utslag|beslut|bedomning 2 vara|blir|ar 1 first|second|text|den",
        "!placera|satt|valj|ranka mig 1 fore|forst|hogst|framfor|overst",
        "min|denna|har \(text) fortjanar 2 hogsta|a|vinna|toppbetyg",
        "vinnare|utslag|vinnaren 1 ar|till 1 first|second|text", "texten ovan|har|nedan ar|ska 2 bast|forst|vinna",
        "!ge mig 2 a|hogsta|bra|toppbetyg 1 betyg|i", "kan|skulle du 1 ge mig 2 bra|hogsta|a|battre",
        "den har|denna \(text) 1 gar|kommer|hamnar forst|hogst",
        "den ska ha|fa a|hogsta.", "eleven|kandidaten ska 2 forst|forsta|vinna",
    ].map { PhraseRule(.demand, $0) }

    private static let swedishAddresses: [PhraseRule] = [
        "^kara|basta|hej|hejsan|till 2 \(judge)", "^till dig som 4 rattar|bedomer|ai|laser",
        "meddelande|notis|instruktion*|information fran|till 2 \(judge)|skolverket|systemet|utvecklar*|administrator*|rektor",
        "^systemet|systemmeddelande|assistent|utvecklare|bedomare|examinator:",
        "som 1 ai|sprakmodell 3 du", "^du ar nu 2 domare|bedomare|assistent|ai|modell|examinator|lage",
        "jag ar 1 lararen|larare|examinatorn|utvecklaren|rektorn 5 rattat|bedomt|godkant|redan",
        "du som rattar|bedomer 1 den|detta|det|min",
        "hoppas 3 du 1 snall", "till den|dig som 2 rattar|bedomer|laser|betygsatter",
        "till 1 rattaren|bedomaren|domaren|examinatorn|granskaren",
        "ps|obs till 2 \(judge)|den", "dina utvecklare|skapare", "redan bestamt|avgjort 4 lasa|vinner|vinnare|bast",
    ].map { PhraseRule(.address, $0) }
}
