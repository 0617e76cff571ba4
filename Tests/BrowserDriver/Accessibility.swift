import ProgramRunner

/// What keeps people from a page, judged in the page itself (WCAG 2.2, levels A and AA, as far as a program can see).
extension Browser {
    /// The least contrast between a text and what lies behind it (WCAG 1.4.3), for large text too.
    package static let leastContrast = 4.5

    /// All findings but those of the keyboard; none of a page that is as it should be. Each says what is wrong with which
    /// element.
    package func accessibilityFindings() throws -> [String] {
        try evaluate(Self.helpers + Self.structure + Self.names + Self.contrast, [Self.leastContrast]).strings
    }

    /// Presses Tab through the whole page.
    /// - Returns: the controls and links that Tab does not reach, or reaches in another order than they stand in.
    package func keyboardFindings() throws -> [String] {
        let expected = try evaluate(Self.helpers + Self.prepareTabs).strings
        var reached: [Int] = []
        // Areas that scroll take the focus too: a few presses more than there are controls.
        for _ in 0..<(expected.count * 2 + 10) where Set(reached).count < expected.count {
            try press(.tab)
            guard let place = try evaluate("return window.ruhuTabs.indexOf(document.activeElement)").int else { break }
            if place >= 0 { reached.append(place) }
        }
        let missed = expected.indices.filter { !reached.contains($0) }.map { "Tab does not reach \(expected[$0])" }
        let disordered = zip(reached, reached.dropFirst()).filter { $1 < $0 }.map {
            "Tab goes from \(expected[$0.0]) back to \(expected[$0.1])"
        }
        return missed + disordered
    }

    /// How many CSS pixels the page is wider than the window; 0 when nothing has to be scrolled sideways (WCAG 1.4.10).
    package func overflow() throws -> Int {
        try evaluate("const e = document.scrollingElement; return Math.max(0, e.scrollWidth - e.clientWidth)").int ?? 0
    }

    // MARK: - Scripts

    private static let helpers = """
        const isShown = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true})
            && e.getClientRects().length > 0
        const named = e => {
            const id = e.id ? '#' + e.id : e.name ? '[name=' + e.name + ']' : ''
            const text = (e.innerText || e.value || e.textContent || '').trim().replace(/\\s+/g, ' ').slice(0, 40)
            return e.tagName.toLowerCase() + id + (text ? ' “' + text + '”' : '')
        }
        const byIDs = ids => (ids || '').split(/\\s+/).filter(Boolean)
            .map(id => document.getElementById(id)?.textContent || '').join(' ').trim()
        const said = e => byIDs(e.getAttribute('aria-labelledby')) || (e.getAttribute('aria-label') || '').trim()
        const found = []

        """

    private static let structure = """
        if (!document.documentElement.lang) found.push('html has no lang')
        if (!document.title.trim()) found.push('the page has no title')
        const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(isShown)
        let level = 0
        for (const h of headings) {
            const own = Number(h.tagName[1])
            if (own > level + 1) found.push(`${named(h)} follows a heading of level ${level}`)
            level = own
        }
        const first = headings.filter(h => h.tagName === 'H1').length
        if (first !== 1) found.push(`the page has ${first} h1`)
        for (const e of document.querySelectorAll('[tabindex]'))
            if (e.tabIndex > 0) found.push(`${named(e)} has tabindex ${e.tabIndex}`)
        const ids = new Set()
        for (const e of document.querySelectorAll('[id]')) {
            if (ids.has(e.id)) found.push(`two elements have the id ${e.id}`)
            ids.add(e.id)
        }

        """

    private static let names = """
        const silent = ['hidden', 'submit', 'button', 'reset', 'image']
        for (const e of document.querySelectorAll('input, select, textarea')) {
            if (silent.includes(e.type)) continue
            const labels = [...(e.labels || [])].map(l => l.textContent.trim()).join('')
            if (!labels && !said(e) && !(e.title || '').trim()) found.push(`${named(e)} has no label`)
        }
        for (const e of document.querySelectorAll('button, a[href], summary, input[type=submit], input[type=button]')) {
            if (!isShown(e)) continue
            const images = [...e.querySelectorAll('img[alt]')].map(i => i.alt).join('')
            const text = (e.textContent || '').trim() || (e.value || '').trim()
            if (!text && !images && !said(e)) found.push(`${named(e)} has no name: ${e.outerHTML.slice(0, 80)}`)
        }
        for (const e of document.querySelectorAll('img'))
            if (!e.hasAttribute('alt')) found.push(`an image has no alt: ${e.getAttribute('src')}`)
        for (const e of document.querySelectorAll('svg')) {
            if (e.closest('[aria-hidden=true]')) continue
            const title = e.querySelector(':scope > title')?.textContent.trim()
            if (!said(e) && !title) found.push('a drawing (svg) has no title and no aria-label')
        }

        """

    private static let contrast = """
        const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true})
        const known = new Map()
        const color = text => {
            if (!known.has(text)) {
                canvas.clearRect(0, 0, 1, 1)
                canvas.fillStyle = text
                canvas.fillRect(0, 0, 1, 1)
                const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
                known.set(text, [r, g, b, a / 255])
            }
            return known.get(text)
        }
        const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1]
        const behind = e => {
            const layers = []
            for (let at = e; at; at = at.parentElement) {
                const own = color(getComputedStyle(at).backgroundColor)
                if (own[3] > 0) layers.push(own)
                if (own[3] === 1) break
            }
            return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1])
        }
        const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
            .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
        const seen = new Set()
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
        while (texts.nextNode()) {
            const e = texts.currentNode.parentElement
            if (!texts.currentNode.data.trim() || seen.has(e) || !isShown(e)) continue
            seen.add(e)
            if (e.closest('script, style, noscript, template, option, :disabled')) continue
            const style = getComputedStyle(e)
            const ground = behind(e)
            let ink = color(e.closest('svg') && style.fill !== 'none' ? style.fill : style.color)
            let opacity = 1
            for (let at = e; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity)
            ink = over([ink[0], ink[1], ink[2], ink[3] * opacity], ground)
            const [a, b] = [light(ink), light(ground)]
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
            if (ratio + 0.005 < arguments[0]) found.push(`${named(e)} has contrast ${ratio.toFixed(2)}`)
        }
        return found
        """

    /// Puts the focus before everything, and says what Tab should reach: of radio buttons of one name the chosen one, or the
    /// first.
    private static let prepareTabs = """
        const all = [...document.querySelectorAll(
            'a[href], button, input, select, textarea, summary, [tabindex="0"], [contenteditable=true]')]
        const isFirstOfItsName = e => {
            if (e.type !== 'radio' || !e.name) return true
            const group = all.filter(o => o.type === 'radio' && o.name === e.name && o.form === e.form)
            return (group.find(o => o.checked) || group[0]) === e
        }
        window.ruhuTabs = all.filter(e => isShown(e) && !e.matches(':disabled') && e.type !== 'hidden'
            && e.tabIndex >= 0 && isFirstOfItsName(e))
        document.body.tabIndex = -1
        document.body.focus()
        document.body.removeAttribute('tabindex')
        return window.ruhuTabs.map(named)
        """
}
