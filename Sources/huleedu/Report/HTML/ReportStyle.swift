/// The page's style sheet.
enum ReportStyle {
    /// All rules: colours, text, drawings, the folded lists, paper.
    static let sheet: HTML = colours + text + tables + drawings + folds + media

    private static let colours: HTML = """
        :root{color-scheme:light dark;--paper:#fbfaf8;--panel:#fff;--ink:#1d1e20;--muted:#5c6067;--line:#dedbd5;
        --accent:#1f5fa8;--soft:#dce8f6;--warm:#b5540f;--band:#f1efea;--note:#fff4d1;--noteink:#4e3b00;--noteline:#dfbd45}
        @media (prefers-color-scheme:dark){:root{--paper:#15171a;--panel:#1c1f23;--ink:#e7e5e0;--muted:#a4a8af;--line:#353a40;
        --accent:#7fb5f5;--soft:#243a54;--warm:#f0a061;--band:#1d2125;--note:#3a3013;--noteink:#f4dd96;--noteline:#7d6722}}

        """

    private static let text: HTML = """
        *{box-sizing:border-box}
        html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);line-height:1.55;
        font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        header,main,footer{max-width:66rem;margin:0 auto;padding:0 1.25rem}
        header{padding-top:2.5rem}
        main>section{margin-top:3rem}
        h1,h2,h3{line-height:1.2;text-wrap:balance;font-weight:650}
        h1{font-size:clamp(1.7rem,5vw,2.5rem);margin:.2rem 0 .3rem;letter-spacing:-.015em;overflow-wrap:anywhere}
        h2{font-size:1.45rem;margin:0 0 1rem;padding-bottom:.4rem;border-bottom:1px solid var(--line)}
        h3{font-size:1.08rem;margin:2rem 0 .6rem}
        p{margin:0 0 .8rem}
        p,li,dd{overflow-wrap:anywhere}
        a{color:inherit;text-decoration-color:var(--muted);text-underline-offset:.18em}
        a:hover{color:var(--accent)}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        .eyebrow{color:var(--accent);font-weight:600;font-size:.85rem;margin:0}
        .meta,.quiet{color:var(--muted)}
        .meta{overflow-wrap:anywhere}
        .note,figcaption{color:var(--muted);font-size:.9rem;max-width:46rem}
        .scroll+.note,table+.note{margin-top:.7rem}
        .lead p{font-size:1.14rem;max-width:46rem}
        .lead p.quiet{font-size:1rem}
        .question{margin:1.2rem 0;padding:.1rem 0 .1rem 1rem;border-left:3px solid var(--accent);white-space:pre-wrap;
        max-width:46rem;overflow-wrap:anywhere}
        .banner{margin:0;padding:.7rem 1.25rem;background:var(--note);color:var(--noteink);
        border-bottom:1px solid var(--noteline);text-align:center}
        #method>p{max-width:46rem}
        .warm{color:var(--warm)}
        .mono{font-family:ui-monospace,"SF Mono",Consolas,"DejaVu Sans Mono",monospace;font-size:.86em;overflow-wrap:anywhere}
        .tag{display:inline-block;font-size:.78rem;line-height:1.3;padding:.05rem .45rem;border-radius:.6rem;
        background:var(--soft);color:var(--ink);white-space:nowrap}
        .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:1.6rem 0}
        .tiles div{background:var(--panel);border:1px solid var(--line);border-radius:.6rem;padding:.75rem 1rem}
        .tiles dt{color:var(--muted);font-size:.88rem}
        .tiles dd{margin:0;font-size:1.6rem;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums}
        .tiles small{display:block;font-size:.85rem;font-weight:400;color:var(--muted)}
        nav ul{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;margin:0;padding:0;list-style:none;font-size:.95rem}
        footer{margin-top:4rem;padding-top:1rem;padding-bottom:2rem;border-top:1px solid var(--line);
        color:var(--muted);font-size:.88rem}

        """

    private static let tables: HTML = """
        .scroll{overflow-x:auto;max-width:100%}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        table.small{width:auto;max-width:100%}
        table.small thead th{white-space:normal}
        th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:baseline}
        th:first-child,td:first-child{padding-left:.2rem}
        thead th{font-size:.85rem;color:var(--muted);font-weight:600;white-space:nowrap;vertical-align:bottom}
        tbody th{font-weight:500}
        table.ranking tbody th{white-space:nowrap;max-width:11rem;overflow:hidden;text-overflow:ellipsis}
        .ranking td{white-space:nowrap}
        tbody tr:hover{background:var(--band)}
        .num{text-align:right}
        td.rank{font-weight:650}
        .ranking td .quiet{margin-left:.3rem}
        .meter{display:inline-block;width:3.6rem;height:.5rem;border-radius:.25rem;background:var(--line);overflow:hidden;
        vertical-align:.06em}
        .meter i{display:block;height:100%;background:var(--accent)}
        .figures{margin:0}
        figure+.figures{margin-top:1.2rem}
        .figures div{display:grid;grid-template-columns:15rem 1fr;gap:.2rem 1.5rem;padding:.7rem 0;
        border-bottom:1px solid var(--line)}
        .figures dt{font-weight:600}
        .figures dd{margin:0}
        .figures dd b{display:block;font-size:1.1rem;font-variant-numeric:tabular-nums}
        .figures dd span{color:var(--muted);max-width:42rem;display:block}

        """
}
