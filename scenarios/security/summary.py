"""One page and one JSON of a whole run. The page stands alone: no script, nothing loaded, light and dark."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from scenarios.security.findings import Finding, Judged


@dataclass(frozen=True, slots=True)
class Part:
    """One tool's share of the run: what it did in ``seconds``, and how many findings it had before they were judged."""

    name: str
    seconds: float
    findings: int


def write(folder: Path, parts: Sequence[Part], judged: Judged) -> Path:
    """Write ``summary.json`` and ``summary.html`` into ``folder``; the page's path."""
    document = {
        "holds": not judged.open,
        "parts": [asdict(each) for each in parts],
        "open": [asdict(each) for each in judged.open],
        "accepted": [asdict(finding) | {"reason": reason} for finding, reason in judged.accepted],
        "reasons_without_a_finding": [msgspec.to_builtins(each) for each in judged.idle],
    }
    (folder / "summary.json").write_bytes(msgspec.json.format(msgspec.json.encode(document)))
    page = folder / "summary.html"
    page.write_text(_page(parts, judged), encoding="utf-8")
    return page


def _page(parts: Sequence[Part], judged: Judged) -> str:
    ran = [(each.name, f"{each.seconds:.0f} s", str(each.findings)) for each in parts]
    return _FRAME.format(
        verdict="Nothing is open." if not judged.open else f"Open findings: {len(judged.open)}",
        parts=_table(("Part", "Took", "Findings"), ran),
        open=_table(_COLUMNS, [_cells(each) for each in judged.open]),
        accepted=_table((*_COLUMNS, "Why it is none"), [(*_cells(one), why) for one, why in judged.accepted]),
        idle=_table(("Tool", "Check", "Reason"), [(each.tool, each.check, each.reason) for each in judged.idle]),
    )


_COLUMNS = ("Tool", "Check", "Where", "What")


def _cells(finding: Finding) -> tuple[str, str, str, str]:
    return finding.tool, finding.check, finding.where, finding.what


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "<p>None.</p>"
    head = "".join(f'<th scope="col">{html.escape(each)}</th>' for each in columns)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(each)}</td>" for each in row) + "</tr>" for row in rows)
    return f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Security tools: summary</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }}
body {{ max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8886; }}
td {{ overflow-wrap: anywhere; min-width: 6rem; }}
td:first-child {{ white-space: nowrap; }}
</style>
</head>
<body>
<main>
<h1>{verdict}</h1>
<h2>What ran</h2>
{parts}
<h2>Open</h2>
{open}
<h2>Accepted, with reasons</h2>
{accepted}
<h2>Reasons that met no finding in this run</h2>
{idle}
</main>
</body>
</html>
"""
