import Testing

@testable import huleedu

@Suite struct HTMLTests {
    @Test func escapesEveryTextAndNoLiteral() {
        let hostile = "<script>alert('x')</script> & \"quoted\""
        let html: HTML = "<p title=\"\(hostile)\">\(hostile)</p>"
        let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;"
        #expect(html.markup == "<p title=\"\(escaped)\">\(escaped)</p>")
    }

    @Test func replacesControlCharacters() {
        let html: HTML = "\("a\0b\u{1B}c\td\ne\u{7F}f\u{85}")"
        #expect(html.markup == "a\u{FFFD}b\u{FFFD}c\td\ne\u{FFFD}f\u{FFFD}")
    }

    @Test func nestsMarkupWithoutEscapingItTwice() {
        let inner: HTML = "<b>\("&")</b>"
        let outer: HTML = "<p>\(inner)\([inner, inner])</p>"
        #expect(outer.markup == "<p><b>&amp;</b><b>&amp;</b><b>&amp;</b></p>")
        #expect([inner, inner].joined().markup == (inner + inner).markup)
    }

    @Test func writesOnlyFiniteCoordinates() {
        let values = [0.0, -0.001, 1.0 / 3, 12, .nan, .infinity, -4.567]
        #expect(values.map { value in ("\(at: value)" as HTML).markup } == ["0", "0", "0.33", "12.0", "0", "0", "-4.57"])
    }

    @Test func axisTicksAreRoundAndInside() {
        var random = SplitMix(state: 5)
        for _ in 0..<2000 {
            let low = (random.unit() - 0.5) * 40
            let axis = Axis(holding: [low, low + random.unit() * 30])
            let ticks = axis.ticks(atMost: 6)
            #expect((1...7).contains(ticks.count))
            #expect(ticks.allSatisfy { $0 >= axis.low && $0 <= axis.high })
        }
        #expect(Axis(holding: [.nan]).ticks(atMost: 4).contains(0))
        #expect(Axis(low: 0, high: 83).ticks(atMost: 5) == [0, 20, 40, 60, 80])
        #expect(Axis(low: 0, high: 10).percent(.infinity) == 0)
        #expect(Axis(low: 0, high: 10).percent(20) == 100)
        #expect(Axis(low: 0, high: 1).tickDecimals(atMost: 4) == 1)
        #expect(Axis(low: -3, high: 3).tickDecimals(atMost: 6) == 0)
    }
}
