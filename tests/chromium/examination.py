"""What is demanded of every page, whoever made it: usable by everybody, small, still, and made of this sandbox alone.

A page is examined where it stands, in the state in which a user sees it, and left as it was found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab
    from playwright.sync_api import Request

FIRST_LOAD_BYTES_MAX = 150_000
# A hundredth is a line or two at the foot of a page, once.
SHIFT_MAX = 0.01
NARROW = {"width": 390, "height": 844}
# The theatre draws whole runs; it has a budget of its own.
THEATRE_BYTES_MAX = 400_000

_AXE = """async (rules) => {
  const found = await axe.run(document, { resultTypes: ['violations'], ...rules });
  return found.violations.map(each => `${each.id}: ` + each.nodes.slice(0, 3).map(
    node => node.target.join(' ') + (node.any[0]?.data?.contrastRatio ? ` (${node.any[0].data.contrastRatio})` : '')
  ).join('; ') + (each.nodes.length > 3 ? ` and ${each.nodes.length - 3} more` : ''));
}"""
# Lies in every page as it loads, and is run where the page is examined: sent to each page anew it costs twice as much.
_AT_HAND = """Object.defineProperty(window, 'axe', { configurable: true, get() {
  delete window.axe;
  (function () { %s }).call(window);
  return window.axe;
} });"""
_CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
# A shift reports itself to whoever observes, also afterwards; what follows a user's own input is no surprise.
_SHIFT = """() => new Promise(resolve => {
  let total = 0;
  new PerformanceObserver(list => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) total += each.value;
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(total), 60);
})"""
_BYTES = """() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
  .filter(each => !['fetch', 'xmlhttprequest', 'eventsource'].includes(each.initiatorType))
  .reduce((sum, each) => sum + each.encodedBodySize, 0)"""
_OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return '';
  const out = [...document.body.querySelectorAll('*')].find(each =>
    each.getBoundingClientRect().right > wide + 1 && !each.closest('.scroll'));
  return out ? out.localName + '.' + out.className : 'something';
}"""
# Texts in the page's own language: what is code, is marked as another language or is not shown is left out.
_TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const around = walker.currentNode.parentElement;
    const skipped = 'code, pre, kbd, samp, script, style, noscript, svg, textarea, [translate=no], [lang]:not(html)';
    if (!around.closest(skipped) && around.checkVisibility()) texts.push(walker.currentNode.data.trim());
  }
  return texts.filter(Boolean);
}"""
# A person's name and a bank's are not translated; a sentence is.
_HAN_SENTENCE = re.compile(r"[\u4e00-\u9fff，。；：]{6,}")
_QUOTED = re.compile(r"“[^”]*”")
_ENGLISH_SENTENCE = re.compile(r"\b[a-z]+(?:[ ,][a-z]+){2,}\b")


@dataclass(slots=True)
class Finding:
    """One thing wrong with one page."""

    page: str
    what: str

    def __str__(self) -> str:
        return f"{self.page}: {self.what}"


# Without slots: Playwright remembers its listeners on the object.
@dataclass
class Watched:
    """What a browser's pages asked for and complained of, gathered while they were used."""

    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, tab: Tab) -> None:
        tab.on("request", self._asked)
        tab.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        tab.on("console", lambda said: said.type == "error" and self.complaints.append(f"console: {said.text}"))

    def taken(self) -> list[str]:
        """What came together since the last time."""
        found = [*(f"asks {each}" for each in self.foreign), *self.complaints]
        self.foreign.clear()
        # A refusal is a page like any other; that Chromium notes its status is no complaint of the page.
        self.complaints.clear()
        return [each for each in found if "Failed to load resource: the server responded with a status" not in each]

    def _asked(self, request: Request) -> None:
        host = re.sub(r"^\w+://([^/:]+).*$", r"\1", request.url)
        if not request.url.startswith(("data:", "blob:")) and host != "localhost" and not host.endswith(".localhost"):
            self.foreign.append(request.url)


class Examiner:
    """Examines pages by axe-core and by measure."""

    def __init__(self, axe: str) -> None:
        self._axe = axe

    def come_along(self, tab: Tab) -> None:
        """Be at hand on every page that this tab opens from now on; only these can be examined."""
        tab.add_init_script(_AT_HAND.replace("%s", self._axe))

    def examine(
        self, tab: Tab, name: str, watched: Watched, language: str, *, thoroughly: bool = True
    ) -> list[Finding]:
        """Everything that is wrong with the page shown; ``thoroughly``: in dark colours and in a narrow window too."""
        found = [f"layout shifts by {shift:.3f}" for shift in [tab.evaluate(_SHIFT)] if shift > SHIFT_MAX]
        size, size_max = tab.evaluate(_BYTES), THEATRE_BYTES_MAX if "theatre" in name else FIRST_LOAD_BYTES_MAX
        found += [f"first load of {size} bytes"] if size > size_max else []
        found += self._words(tab, language)
        found += self._violations(tab, {})
        if thoroughly:
            found += [*self._dark(tab), *self._narrow(tab)]
        return [Finding(name, each) for each in [*found, *watched.taken()]]

    def _violations(self, tab: Tab, rules: dict[str, Any]) -> list[str]:
        violations: list[str] = tab.evaluate(_AXE, rules)
        return violations

    def _dark(self, tab: Tab) -> list[str]:
        # Where colours glide, they are there at once for those who want no motion.
        tab.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found = [f"dark: {each}" for each in self._violations(tab, _CONTRAST)]
        tab.emulate_media(color_scheme="light", reduced_motion="reduce")
        return found

    def _words(self, tab: Tab, language: str) -> list[str]:
        lang = tab.evaluate("document.documentElement.lang")
        found = [] if lang == language else [f"is in {lang or 'no language'} instead of {language}"]
        found += [] if tab.title().strip() else ["has no title"]
        foreign = _ENGLISH_SENTENCE.search if language == "zh-CN" else _HAN_SENTENCE.search
        texts = [each for each in tab.evaluate(_TEXTS) if foreign(_QUOTED.sub("", each))]
        return found + [f"not in {language}: {each[:60]!r}" for each in dict.fromkeys(texts[:5])]

    def _narrow(self, tab: Tab) -> list[str]:
        usual = tab.viewport_size
        assert usual is not None
        tab.set_viewport_size(NARROW)  # type: ignore[arg-type]
        overflowing = tab.evaluate(_OVERFLOW)
        tab.set_viewport_size(usual)
        return [f"at {NARROW['width']} px {overflowing} is cut off"] if overflowing else []
