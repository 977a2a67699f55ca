"""Says what a search after a play came to, as the demo tells it."""

from __future__ import annotations

from scenarios.residues.search import Findings
from scenarios.texts import Text
from scenarios.verification import Verdict

_NAME = Text("traffic and memory", "流量与内存")


def verdict(findings: Findings) -> Verdict:
    """Whether nothing lies where it must not; where memory could not be read, that it was not searched."""
    if findings.residues:
        first = findings.residues[0]
        return Verdict(_NAME, False, Text(f"found {first}", f"发现残留：{first}"), findings.facts())
    size = f"{findings.bytes >> 20} MiB"
    en = f"none of {findings.values} values lies where it must not: {findings.messages} messages, {size} searched"
    zh = f"{findings.values}个敏感值均未出现在不应出现之处：检查{findings.messages}条报文，共{size}"
    if findings.unread:
        en += f"; NOT SEARCHED: {'; '.join(findings.unread)}"
        zh += f"；未能检查：{'；'.join(findings.unread)}"
    return Verdict(_NAME, True, Text(en, zh), findings.facts())
