"""The developer manual (JR/T 0185 12.1): Markdown in ``docs/<language>/``, rendered; and the catalogue of problems.

Its code blocks run in a test. Raw HTML in the texts is not passed on. Pages of the wire are the project's own
documents, linked into the folder, so that nothing is said twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Response

from bank_sim.portal import advice
from bank_sim.portal.mistakes import MISTAKES
from bank_sim.portal.rendering import page
from bank_sim.portal.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import CATALOGUE

if TYPE_CHECKING:
    from markdown_it.renderer import RendererProtocol
    from markdown_it.token import Token

FOLDER = Path(__file__).parent / "docs"
PAGES = (
    "quick-start",
    "security",
    "wire",
    "consents",
    "versions",
    "keys",
    "events",
    "throttling",
    "monitoring",
    "evidence",
    "risk",
    "reconciliation",
    "testing",
    "faults",
    "admission",
    "going-live",
    "supervision",
)
"""The chapters, in reading order; their titles are the texts' own first headings."""


class Chapter(NamedTuple):
    """A rendered text: its first heading, the headings under it with their anchors, and the HTML."""

    title: str
    contents: tuple[tuple[str, str], ...]
    html: str


def show_contents(visit: Visit) -> Response:
    return page(visit, "handbook", chapters=_titles(visit.language))


def show_chapter(visit: Visit, name: str) -> Response:
    """One chapter. The addresses of a default sandbox become this bank's, but not in what was signed for the page."""
    if name not in PAGES:
        raise problems.RESOURCE_NOT_FOUND.problem()
    chapter = chapter_of(name, visit.language)
    config = visit.premises.bank.config
    html = chapter.html if name == "wire" else chapter.html.replace("https://localhost:8440", config.gateway_url)
    return page(visit, "chapter", chapter=chapter._replace(html=html), name=name, chapters=_titles(visit.language))


def show_problems(visit: Visit) -> Response:
    """Every refusal that a developer meets: code, status, meaning, what to mend, and how to provoke it."""
    wanted = visit.request.args.get("q", "").strip()[:64]
    advised = advice.table(visit.language)
    kinds = [each for each in CATALOGUE.values() if each.code in advised and wanted.upper() in each.code.upper()]
    provoked = {code: [each for each in MISTAKES if each.kind.code == code] for code in CATALOGUE}
    return page(visit, "problems", kinds=kinds, wanted=wanted, advice=advised, provoked=provoked)


@cache
def chapter_of(name: str, language: str) -> Chapter:
    """A chapter in one language, rendered once a process."""
    return render((FOLDER / language / f"{name}.md").read_text(encoding="utf-8"), language)


def render(text: str, language: str) -> Chapter:
    """Markdown as HTML: tables in a frame that scrolls, anchors at the headings, links within the handbook."""
    # Loaded with the first chapter, so that the bank starts without it.
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    if language == "zh":
        reader.add_render_rule("softbreak", _chinese_break)
    tokens = reader.parse(re.sub(r"^<!--.*?-->\n", "", text, flags=re.MULTILINE))
    title, contents = "", []
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        if opening.tag == "h1":
            title = inline.content
        elif opening.tag == "h2":
            anchor = _anchor(inline.content)
            opening.attrSet("id", anchor)
            contents.append((anchor, inline.content.replace("`", "")))
    html = reader.renderer.render(tokens, reader.options, {})
    return Chapter(title, tuple(contents), _linked(_framed(html)))


def _chinese_break(_renderer: RendererProtocol, tokens: Sequence[Token], index: int, *_: Any) -> str:
    """Chinese has no blanks between words, so the end of a source line is none; between Latin words it is one."""
    before, after = (tokens[at].content if 0 <= at < len(tokens) else "" for at in (index - 1, index + 1))
    return " " if before[-1:].isascii() and after[:1].isascii() and before and after else ""


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w]+", "-", heading.lower()).strip("-")


def _framed(html: str) -> str:
    """Wide things scroll by themselves, and by keyboard."""
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table class="table">')
    # An empty corner heads nothing.
    html = html.replace("<th></th>", "<td></td>")
    html = html.replace("</table>", "</table></div>")
    return html.replace("<pre>", '<div class="copied"><pre class="code" tabindex="0">').replace(
        "</pre>", "</pre></div>"
    )


def _linked(html: str) -> str:
    """Links between the texts lead to their pages."""
    html = html.replace('href="problems.md"', 'href="/problems"')
    html = re.sub(r"<code>(\w+)</code>", _link_to_problem, html)
    return re.sub(r'href="([\w-]+)\.md(#[\w-]*)?"', r'href="/handbook/\1\2"', html)


def _link_to_problem(found: re.Match[str]) -> str:
    return f'<a href="/problems#{found[1]}">{found[0]}</a>' if found[1] in CATALOGUE else found[0]


def _titles(language: str) -> Mapping[str, str]:
    return {name: chapter_of(name, language).title for name in PAGES}
