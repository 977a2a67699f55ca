"""The uniform identifier of an API, U_API_ID (JR/T 0185 Appendix B): build, parse, validate.

24 ASCII characters: ``OP``, institution 6, type 2, category 2 + 4, sequence 6, reserved 2. Every refusal is
``U_API_ID_INVALID`` and names the rule that is broken. Which numbers are taken is the registry's to know.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from bank_sim.sdk.protocol.problems import U_API_ID_INVALID

FIXED = "OP"
LENGTH = 24
LEVELS = {"A1": "01", "A2": "02"}
RESERVED = "00"
CATEGORIES = {
    "01": ("account services", "账户服务"),
    "02": ("payment and settlement", "支付结算"),
    "03": ("investment and wealth", "投资理财"),
    "04": ("credit", "信贷"),
    "05": ("credit cards", "信用卡"),
    "06": ("industry services", "行业服务"),
    "07": ("international business", "国际业务"),
    "08": ("technology services", "科技服务"),
}
"""First-level categories that the standard names (B.3.5); each institution numbers further ones from 09 to 99."""

_INSTITUTION = re.compile(r"[A-Z][0-9A-Z]{5}")
_LEVEL_OF_TYPE = {code: level for level, code in LEVELS.items()}
_SEQUENCE_MAX = 999_999


@dataclass(frozen=True, slots=True)
class UApiId:
    """One identifier; ``U_API_ID_INVALID`` when a part breaks its rule. ``str()`` gives the 24 characters."""

    institution: str
    level: str
    category: str
    subcategory: str
    sequence: str
    reserved: str = RESERVED

    def __post_init__(self) -> None:
        _require(
            _INSTITUTION.fullmatch(self.institution),
            "B.3.3: the institution is the first 6 characters of its JR/T 0124 code, a letter and 5 letters or digits",
        )
        _require(self.level in LEVELS, "B.3.4: the type is 01 for A1 or 02 for A2; 00 is reserved")
        _require(_digits(self.category, 2), "B.3.5: the first-level category has 2 digits")
        _require(self.category != "00", "B.3.5: the first-level category 00 is reserved")
        _require(_digits(self.subcategory, 4), "B.3.5: the second-level category has 4 digits")
        _require(self.subcategory != "0000", "B.3.5: the second-level category 0000 is reserved")
        _require(_digits(self.sequence, 6), "B.3.6: the sequence has 6 digits")
        _require(self.sequence != "000000", "B.3.6: the sequence runs from 000001 to 999999")
        _require(self.reserved == RESERVED, "B.3.7: the reserved part is 00")

    def __str__(self) -> str:
        type_code = LEVELS[self.level]
        return f"{FIXED}{self.institution}{type_code}{self.category}{self.subcategory}{self.sequence}{self.reserved}"

    @property
    def category_name(self) -> tuple[str, str]:
        """The first-level category's name in English and Chinese; empty for an institution's own."""
        return CATEGORIES.get(self.category, ("", ""))


def parse(text: str) -> UApiId:
    """The identifier that ``text`` is; its parts are checked from left to right."""
    _require(text.isascii(), "B.2: all characters are ASCII")
    _require(len(text) == LENGTH, f"B.2: it has 24 characters, not {len(text)}")
    _require(text.startswith(FIXED), "B.3.2: it begins with OP")
    return UApiId(
        institution=text[2:8],
        level=_LEVEL_OF_TYPE.get(text[8:10], ""),
        category=text[10:12],
        subcategory=text[12:16],
        sequence=text[16:22],
        reserved=text[22:],
    )


def next_identifier(taken: Collection[UApiId], institution: str, level: str, category: str, subcategory: str) -> UApiId:
    """The next identifier in order: sequences run on within institution, type and category (B.3.6).

    A category or subcategory that is new must be the next number too (B.3.5); ``taken`` includes retired identifiers,
    which are never given out again (JR/T 0185 11).
    """
    first = UApiId(institution, level, category, subcategory, "000001")
    own = [each for each in taken if each.institution == institution]
    _require_next(category, {each.category for each in own} | set(CATEGORIES), "first-level category")
    _require_next(subcategory, {each.subcategory for each in own if each.category == category}, "second-level category")
    used = [int(each.sequence) for each in own if replace(each, sequence=first.sequence) == first]
    following = max(used, default=0) + 1
    _require(following <= _SEQUENCE_MAX, "B.3.6: the sequence is used up")
    return replace(first, sequence=f"{following:06d}")


def _require_next(number: str, taken: set[str], what: str) -> None:
    following = max(map(int, taken), default=0) + 1
    _require(
        number in taken or int(number) == following,
        f"B.3.5: the next free {what} is {following:0{len(number)}d}; numbers are given out in order",
    )


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def _require(holds: object, rule: str) -> None:
    if not holds:
        raise U_API_ID_INVALID.problem(f"{rule}.")
