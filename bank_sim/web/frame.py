"""The frame around every page of a face: whose page it is, the other language, and that this is a sandbox.

A face passes ``frame(...)`` as ``frame`` to a template that extends ``web-page.html``. It must not know which pages
a face has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from bank_sim.web.language import HTML_LANGUAGE, PATH, Language, local_target

Party = Literal["bank", "portal", "console"]

_OTHER: dict[Language, Language] = {"zh": "en", "en": "zh"}
_OWN_NAME: dict[Language, str] = {"zh": "中文", "en": "English"}

_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "skip": "跳到正文",
        "sandbox": "沙箱环境：流程与加密均为真实，资金与人物均为虚构。",
        "weakened": "训练模式，以下防护已被有意关闭：",
        "faults": "故障演练中，沙箱有意注入以下故障：",
    },
    "en": {
        "skip": "Skip to the content",
        "sandbox": "Sandbox: procedures and cryptography are real; the money and the people are not.",
        "weakened": "Training mode. These defences were switched off on purpose:",
        "faults": "Rehearsal. The sandbox plays these faults on purpose:",
    },
}


@dataclass(frozen=True, slots=True)
class Frame:
    """``html_language`` and ``other_html_language`` are ``lang`` attributes; ``switch_url`` changes the language."""

    party: Party
    language: Language
    html_language: str
    switch_url: str
    other_html_language: str
    other_name: str
    words: dict[str, str]
    weakened: tuple[str, ...]
    faults: tuple[str, ...]


def frame(
    party: Party, language: Language, here: str, weakened: Iterable[str] = (), faults: Iterable[str] = ()
) -> Frame:
    """``here``: the path that shows this page again by GET, with its query; after a form, that of the form's page.

    ``weakened``: the names of the defences that are out of force; ``faults``: the kinds of those that are on.
    """
    other = _OTHER[language]
    return Frame(
        party=party,
        language=language,
        html_language=HTML_LANGUAGE[language],
        switch_url=f"{PATH}?{urlencode({'lang': other, 'to': local_target(here)})}",
        other_html_language=HTML_LANGUAGE[other],
        other_name=_OWN_NAME[other],
        words=_WORDS[language],
        weakened=tuple(sorted(weakened)),
        faults=tuple(faults),
    )
