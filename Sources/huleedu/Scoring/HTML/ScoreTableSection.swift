import CJCore

/// Every figure of every item.
struct ScoreTableSection: ScoreSection {
    let report: ScoreReport

    var html: HTML {
        let heads = ["Rank", "Item", "Ability", "± error", "Won", "Infit", "Outfit"].map { title -> HTML in
            "<th scope=\"col\" class=\"\(title == "Item" ? "" : "num")\">\(title)</th>"
        }
        let table: HTML = """
            <table class="ranking">
            <caption class="unseen">All figures</caption>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(report.items.indices.map(row))</tbody>
            </table>

            """
        return section("table", "All figures", scrolling("All figures", table))
    }

    private func row(_ place: Int) -> HTML {
        let (name, own) = (report.items[place].id, report.items[place].estimate)
        return """
            <tr id="item-\(place + 1)"><td class="num rank">\(own.rank)</td>\
            <th scope="row"><bdi title="\(name)">\(name)</bdi></th><td class="num">\(signed(own.ability))</td>\
            <td class="num quiet">\(decimal(own.standardError))</td><td class="num">\(own.wins) of \(own.comparisons)</td>\
            <td class="num">\(fit(own.infit))</td><td class="num">\(own.outfit.map { decimal($0) } ?? "–")</td></tr>

            """
    }

    private func fit(_ infit: Double?) -> HTML {
        guard let infit else { return "–" }
        return infit > Misfit.limit ? "<b class=\"warm\">\(decimal(infit))</b>" : "\(decimal(infit))"
    }
}
