"""An applicant's papers: which must be there, and whether they are complete, valid and genuine (JR/T 0185 9.1.2).

Of the documents themselves the bank keeps the SM3 digest here. Whom a paper names and its number lie sealed, for those
of a legal person and of developers are personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from bank_sim.admission import registers
from bank_sim.admission.credit_code import is_credit_code, is_id_number
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.masking import mask_id_number, mask_name

Kind = Literal["business_licence", "qualification", "legal_person", "developer"]

KINDS: tuple[Kind, ...] = ("business_licence", "qualification", "legal_person", "developer")
"""Each is required: operating qualification, legal person, main developers (9.1.2 a)."""

PERSONAL: frozenset[str] = frozenset({"legal_person", "developer"})


class Material(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One paper. ``holder``: whom it names; ``until_ms``: the end of its validity; ``document_sm3`` in hex."""

    kind: Kind
    holder: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    number: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    until_ms: int
    document_sm3: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]

    @property
    def shown_holder(self) -> str:
        return mask_name(self.holder) if self.kind in PERSONAL else self.holder

    @property
    def shown_number(self) -> str:
        return mask_id_number(self.number) if self.kind in PERSONAL else self.number


def require_complete(papers: Sequence[Material]) -> None:
    """MATERIAL_MISSING names the kinds that are not there."""
    there = {each.kind for each in papers}
    if absent := [each for each in KINDS if each not in there]:
        raise problems.MATERIAL_MISSING.problem(f"Missing: {', '.join(absent)}.", missing=list(absent))


def require_valid(papers: Sequence[Material], now_ms: int) -> None:
    """In force now, and numbers with a right check character: MATERIAL_INVALID names the paper and what is wrong."""
    for each in papers:
        if each.until_ms <= now_ms:
            _refuse(each, "expired")
        if each.kind == "business_licence" and not is_credit_code(each.number):
            _refuse(each, "check_character")
        if each.kind in PERSONAL and not is_id_number(each.number):
            _refuse(each, "check_character")


def require_genuine(papers: Sequence[Material], company: str) -> None:
    """The business register knows the licence, by this name and this legal person: MATERIAL_INVALID."""
    licence, person = _first(papers, "business_licence"), _first(papers, "legal_person")
    entry = registers.registered(licence.number)
    if entry is None or not entry.name == licence.holder == company:
        _refuse(licence, "not_registered")
    elif entry.legal_person != person.holder:
        _refuse(person, "not_the_legal_person")


def require_not_screened(papers: Sequence[Material], company: str) -> None:
    """APPLICANT_SCREENED."""
    if registers.screened(company, _first(papers, "business_licence").number):
        raise problems.APPLICANT_SCREENED.problem()


def _first(papers: Sequence[Material], kind: Kind) -> Material:
    found = next((each for each in papers if each.kind == kind), None)
    if found is None:
        raise problems.MATERIAL_MISSING.problem(f"Missing: {kind}.", missing=[kind])
    return found


def _refuse(paper: Material, fault: str) -> None:
    raise problems.MATERIAL_INVALID.problem(f"{paper.kind}: {fault}.", paper=paper.kind, fault=fault)
