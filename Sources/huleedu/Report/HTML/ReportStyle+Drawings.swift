extension ReportStyle {
    /// Rules for the drawings.
    static let drawings: HTML = """
        figure{margin:0}
        figcaption{margin-top:.7rem}
        .plot,.matrix{display:grid;grid-template-columns:fit-content(13rem) minmax(0,1fr);column-gap:.8rem}
        .plot.graded{grid-template-columns:fit-content(13rem) minmax(0,1fr) auto}
        .plot.compact{grid-template-columns:minmax(0,1fr)}
        .matrix{grid-template-columns:fit-content(13rem) minmax(0,auto);justify-content:start}
        ol.names,ol.grades{list-style:none;margin:0;padding:var(--head) 0 0;min-width:0;
        font-size:min(.86rem,calc(var(--row) - 3px))}
        ol.names li,ol.grades li{height:var(--row);line-height:var(--row);white-space:nowrap;
        overflow:hidden;text-overflow:ellipsis}
        ol.names li{text-align:right}
        ol.names a{text-decoration:none}
        ol.names a:hover{text-decoration:underline}
        ol.grades li{font-weight:650;min-width:1.4rem}
        ol.grades li.anchor{color:var(--accent)}
        .matrix ol.names li{display:flex;justify-content:flex-end;gap:.4em}
        .matrix ol.names bdi{min-width:0;overflow:hidden;text-overflow:ellipsis}
        .matrix ol.names b{display:inline-block;min-width:1.5em;font-weight:400;color:var(--muted);
        font-variant-numeric:tabular-nums}
        svg{display:block}
        svg.chart{overflow:visible}
        svg text{font-size:12px;fill:var(--muted);font-variant-numeric:tabular-nums}
        svg .tick,svg .bandname{text-anchor:middle}
        svg .bandname{font-weight:650;fill:var(--ink)}
        svg .level{text-anchor:start;font-size:11px}
        svg .targetname{text-anchor:end;fill:var(--warm);font-weight:600}
        svg .band{fill:var(--band)}
        svg .band.odd{fill:none}
        svg .grid{stroke:var(--line);stroke-width:1}
        svg .grid.zero{stroke:var(--muted);stroke-dasharray:2 3}
        svg .bar{stroke:var(--accent);stroke-width:2;opacity:.5;stroke-linecap:round}
        .compact svg .bar{stroke-width:1;opacity:.3}
        svg .dot{fill:var(--accent)}
        svg .dot.anchor{fill:var(--paper);stroke:var(--accent);stroke-width:2.5}
        svg g:hover .bar{opacity:1}
        svg .line{fill:none;stroke:var(--accent);stroke-width:2.5;vector-effect:non-scaling-stroke;stroke-linejoin:round}
        svg .thin{fill:none;stroke:var(--muted);stroke-width:1.5;vector-effect:non-scaling-stroke;stroke-dasharray:5 4}
        svg .target{stroke:var(--warm);stroke-width:1.5;stroke-dasharray:7 5}
        .squares .ground{fill:var(--panel)}
        .squares .won,.key.won{fill:var(--accent);background:var(--accent)}
        .squares .lost,.key.lost{fill:var(--warm);background:var(--warm)}
        .squares .even{fill:var(--muted)}
        .squares .self{fill:var(--line)}
        .squares .tick{font-size:11px}
        .legend{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;font-size:.9rem;color:var(--muted);margin-bottom:.6rem}
        .key{display:inline-block;width:.8rem;height:.8rem;margin-right:.45rem;border-radius:2px;vertical-align:-.06em}
        .key.split{background:linear-gradient(135deg,var(--accent) 50%,var(--warm) 50%)}
        .key.line,.key.thin,.key.target{height:0;width:1.5rem;border-radius:0;border-top:2.5px solid var(--accent);
        vertical-align:.28em}
        .key.thin{border-top:1.5px dashed var(--muted)}
        .key.target{border-top:1.5px dashed var(--warm)}

        """

    /// Rules for what opens and closes.
    static let folds: HTML = """
        details.essay{border-bottom:1px solid var(--line);scroll-margin-top:1rem}
        details.essay[open]{padding-bottom:1rem}
        summary{cursor:pointer;padding:.5rem .2rem;overflow-wrap:anywhere}
        summary:hover{color:var(--accent)}
        summary .rank{display:inline-block;min-width:1.8rem;text-align:right;font-weight:650;font-variant-numeric:tabular-nums;
        margin-right:.4rem}
        details.essay:target>summary,li:target{background:var(--soft)}
        details.essay>*:not(summary){margin-left:2.6rem}
        .verdicts,.judgements{list-style:none;margin:0;padding:0}
        .verdicts li{padding:.35rem 0 .35rem 1.3rem;text-indent:-1.3rem}
        .verdicts p,.judgements p{margin:.15rem 0 0;max-width:46rem;white-space:pre-wrap;overflow-wrap:anywhere}
        .verdicts li p{text-indent:0}
        .judgements li{padding:.7rem .3rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
        .trace{color:var(--muted);font-size:.75rem}
        ul.grades{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;padding:0;margin:0 0 .8rem;
        font-variant-numeric:tabular-nums}
        .prose{white-space:pre-wrap;overflow-wrap:anywhere;max-width:40rem;padding:1rem 1.25rem;background:var(--panel);
        border:1px solid var(--line);border-radius:.5rem}

        """

    /// Rules for narrow screens and for paper.
    static let media: HTML = """
        @media (max-width:40rem){
        header,main,footer{padding-left:1rem;padding-right:1rem}
        header{padding-top:1.5rem}
        .plot,.plot.graded,.matrix{column-gap:.5rem}
        .plot,.plot.graded{grid-template-columns:fit-content(32%) minmax(0,1fr) auto}
        .plot.compact{grid-template-columns:minmax(0,1fr)}
        .matrix{grid-template-columns:fit-content(32%) minmax(0,auto)}
        .wide{display:none}
        th,td{padding:.4rem .4rem}
        .ranking{font-size:.92rem}
        .ranking .meter{display:none}
        table.ranking tbody th{max-width:9rem}
        .figures div{grid-template-columns:1fr}
        details.essay>*:not(summary){margin-left:.2rem}
        .lead p{font-size:1.06rem}
        }
        @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
        @media print{
        :root{color-scheme:light;--paper:#fff;--panel:#fff;--ink:#000;--muted:#444;--line:#bbb;--accent:#1f5fa8;--soft:#e6eef8;
        --warm:#a04a0c;--band:#f2f2f2;--note:#fff;--noteink:#000;--noteline:#000}
        body{font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
        header,main,footer{max-width:none;padding:0}
        nav{display:none}
        .scroll{overflow:visible}
        tr,.tiles div,.figures div,.judgements li,.verdicts li{break-inside:avoid}
        h2,h3{break-after:avoid}
        thead{display:table-header-group}
        a{text-decoration:none}
        @page{margin:16mm}
        }

        """
}
