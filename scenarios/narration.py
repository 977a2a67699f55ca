"""Tells a chapter while and after it is played: who sends what to whom, what each can read, which clause asks for it.

Everything told was observed: pages by the user's browser, messages by the tap, short messages on the phone's page,
claims by the scenario itself. The narrator invents no value and judges nothing.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.messages import Half, Reading, Signature, read
from scenarios.story import WORDS, Chapter

if TYPE_CHECKING:
    from scenarios.middlebox import Middlebox
    from scenarios.registry import Scenario
    from scenarios.terminal import Terminal
    from scenarios.texts import Text
    from scenarios.verification import Verdict
    from user_sim.browser import Visit

_HOSTS = {"wallet.localhost": "wallet", "bank.localhost": "bank"}
_VALUE_CHARS = 24
_MEMBERS_SHOWN = 5


class Narrator:
    """Writes to one terminal in one language. ``algorithms``: signature and MAC algorithm of the suite played."""

    def __init__(self, screen: Terminal, language: str, box: Middlebox, algorithms: tuple[str, str]) -> None:
        self._screen = screen
        self._language = language
        self._box = box
        self._algorithms = algorithms
        self._told = 0
        self._last = ""
        self._seen: Counter[str] = Counter()

    def open(self, number: int, chapter: Chapter, scenario: Scenario) -> None:
        """The title, and the requirements that the chapter stands for."""
        self._seen.clear()
        self._screen.heading(f"{number}  {chapter.title.in_(self._language)}")
        self._part("asked")
        for clause in scenario.clauses:
            self._screen.line(f"    {clause:<13} {clauses()[clause][self._language]}", "dim")
        self._part("happens")

    def heard(self, visit: Visit) -> None:
        """A page request of the user, with the messages that it set off between application and bank."""
        for message in self._box.record.messages[self._told :]:
            self._message(read(message))
        self._told = len(self._box.record.messages)
        party, shown = _HOSTS.get(visit.host), visit.status != HTTPStatus.SEE_OTHER
        if party and (visit.method == "POST" or shown):
            self._arrow("user", party, f"{visit.method} {visit.path}", visit.title if shown else "", "cyan")

    def short_messages(self, texts: Iterable[str]) -> None:
        """What came to the user's phone, oldest first."""
        for text in texts:
            self._arrow("bank", "phone", "SMS", text.partition("\n")[0], "magenta")

    def close(self, chapter: Chapter, claims: Iterable[Text]) -> None:
        """How many alike were left out, who reads what, and what was verified."""
        for kind, count in self._seen.items():
            if count > 1:
                self._screen.line(f"    {self._word('more', count=count - 1, what=kind)}", "dim")
        self._part("knows")
        for knowing in chapter.knowing:
            self._screen.line(f"    {knowing.in_(self._language)}")
        self._part("holds")
        for claim in claims:
            self._screen.line(f"    + {claim.in_(self._language)}", "green")

    def verdicts(self, verdicts: Iterable[Verdict]) -> None:
        self._screen.heading(self._word("verification"))
        for each in verdicts:
            mark, style = ("+", "green") if each.holds else ("!!", "bold red")
            name, sentence = each.name.in_(self._language), each.sentence.in_(self._language)
            self._screen.line(f"    {mark} {name}: {sentence}", style)

    def _message(self, reading: Reading) -> None:
        kind = f"{reading.method} {reading.api_id or reading.path}"
        self._seen[kind] += 1
        if self._seen[kind] > 1 and reading.code is None:
            return
        outcome = f"{self._word('refused')}: {reading.status} {reading.code}" if reading.code else str(reading.status)
        level = f" · {reading.level}" if reading.level else ""
        style = "red" if reading.code else "yellow"
        self._arrow("wallet", "bank", f"{reading.method} {reading.path}", outcome + level, style)
        self._half(reading.request, "")
        self._half(reading.answer, self._word("answer"))

    def _half(self, half: Half, title: str) -> None:
        if half.signature is not None:
            self._detail(title, "signed", self._signature(half.signature))
        if half.sealed_chars:
            names = ", ".join(half.sealed_members)
            sealed = self._word("sealed_as", names=names, count=half.sealed_chars, shown=half.sealed_shown)
            self._detail(title, "sealed", sealed)
        if half.clear:
            self._detail(title, "clear", self._members(half.clear))

    def _signature(self, signature: Signature) -> str:
        """``sm2-sm3 with key …, over method authority path …``"""
        by_secret = signature.keyid.endswith(".secret")
        bound = any(";req" in each for each in signature.covered)
        covered = " ".join(each.lstrip("@") for each in signature.covered if ";req" not in each)
        return self._word(
            "by_secret" if by_secret else "by_key",
            algorithm=self._algorithms[by_secret],
            key=signature.keyid.rpartition(".")[2],
            covered=covered + (self._word("bound") if bound else ""),
        )

    def _members(self, members: dict[str, Any]) -> str:
        shown = [f"{name}={self._value(value)}" for name, value in members.items()]
        rest = len(shown) - _MEMBERS_SHOWN
        return " ".join(shown[:_MEMBERS_SHOWN]) + (f" +{rest}" if rest > 0 else "")

    def _value(self, value: Any) -> str:
        if isinstance(value, list):
            return f"[{self._word('entries', count=len(value))}]"
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return text if len(text) <= _VALUE_CHARS else f"{text[:_VALUE_CHARS]}…"

    def _arrow(self, sender: str, receiver: str, what: str, more: str, style: str) -> None:
        way = self._screen.padded(f"{self._word(sender)} → {self._word(receiver)}", 15)
        line = f"    {way}  {what}{'   ' + more if more else ''}"
        if line != self._last:
            self._screen.line(line, style)
        self._last = line

    def _detail(self, title: str, name: str, text: str) -> None:
        self._screen.line(f"        {title}{' ' if title else ''}{self._word(name)}  {text}", "dim")

    def _part(self, name: str) -> None:
        self._screen.line(f"  {self._word(name)}", "bold")

    def _word(self, name: str, **facts: Any) -> str:
        return WORDS[name].in_(self._language).format(**facts)


@cache
def clauses() -> dict[str, dict[str, str]]:
    """Every requirement of the standard by id, in both languages."""
    text = (Path(__file__).parent / "standard" / "clauses.csv").read_text(encoding="utf-8")
    return {row["id"]: {"en": row["summary_en"], "zh": row["summary_zh"]} for row in csv.DictReader(text.splitlines())}
