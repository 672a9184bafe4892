/// What stands round the content of a page: one file that needs nothing else, no script, no font, no picture from elsewhere.
struct PageShell: Sendable {
    let language: Language
    let title: String
    /// The page's header, with its banner where there is one.
    let header: HTML
    let sections: HTML
    let footer: HTML

    /// The whole file.
    func text() -> String {
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="HuleEdu">
            <title>\(title)</title>
            <style>
            \(ReportStyle.sheet)
            </style>
            </head>
            <body>
            \(header)<main>
            \(sections)</main>
            <footer><p>\(language.say("Made by HuleEdu", "Skapad av HuleEdu"))\(footer)</p></footer>
            </body>
            </html>

            """
        return page.markup
    }
}
