"""What must hold for a catalogue before the bank offers it (JR/T 0185 6.2, 7.2.2, Appendix B).

Judges entries only; refusing to start is the catalogue's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

import msgspec

from bank_sim.registry.api import PATH_PARAMETERS, Api, Shape
from bank_sim.sdk.protocol import u_api_id
from bank_sim.sdk.protocol.personal import PERSONAL_MEMBERS, SENSITIVE_MEMBERS
from bank_sim.sdk.protocol.problems import Problem

FUNDS_CATEGORY = "02"


def faults(apis: Sequence[Api]) -> list[str]:
    """Every broken rule in words; an empty list for a catalogue that may be offered."""
    found = [*_duplicates(apis), *_gaps(apis), *_versions(apis)]
    for api in apis:
        found += [f"{api.api_id}: {fault}" for fault in (*_identifier(api), *_level(api), *_confidentiality(api))]
        found += [f"{api.api_id}: the path names {each}" for each in api.parameters if each not in PATH_PARAMETERS]
    return found


def _duplicates(apis: Sequence[Api]) -> Iterator[str]:
    for what, values in (
        ("API_ID and version", [f"{each.api_id} v{each.version}" for each in apis]),
        ("U_API_ID", [each.u_api_id for each in apis if each.u_api_id]),
        ("method and path", [f"{each.method} {each.path} v{each.version}" for each in apis]),
    ):
        yield from (f"{what} {each} stands twice" for each in sorted(set(values)) if values.count(each) > 1)


def _gaps(apis: Sequence[Api]) -> Iterator[str]:
    """B.3.6: within one institution, type and category the sequence numbers are consecutive from 000001."""
    codes = sorted(each.u_api_id for each in apis if each.u_api_id)
    for prefix, group in groupby(codes, key=lambda code: code[:16]):
        sequences = [int(code[16:22]) for code in group if code[16:22].isdecimal()]
        if sequences != list(range(1, len(sequences) + 1)):
            yield f"sequence numbers of {prefix} are not consecutive from 1"


def _versions(apis: Sequence[Api]) -> Iterator[str]:
    """A grant and a consent name an API_ID: what they mean must not depend on the version that is called.

    Nor may a later version tell more of a user than the words said that they agreed to (10.3 a): what tells more has an
    API_ID of its own, which a consent must be asked for.
    """
    first: dict[str, Api] = {}
    for api in apis:
        same = first.setdefault(api.api_id, api)
        if _meaning(api) != _meaning(same):
            yield f"versions {same.version} and {api.version} of {api.api_id} differ in more than their message"
        more = sorted(_told_of_users(api) - _told_of_users(same))
        if api.consent_types and more:
            yield f"version {api.version} of {api.api_id} tells more than its users agreed to: {', '.join(more)}"


def _told_of_users(api: Api) -> frozenset[str]:
    """The members of an answer that are a person's: those named so, and all that leave sealed."""
    return (member_names(api.answer) & PERSONAL_MEMBERS) | member_names(api.sealed_answer)


def _meaning(api: Api) -> tuple[object, ...]:
    whose = (api.consent_types, api.own_dealings, api.direct_allowed, api.confirmed)
    return (api.level, api.funds, api.method, api.path, *whose)


def _identifier(api: Api) -> Iterator[str]:
    if not api.u_api_id and api.version != "1":
        return
    try:
        code = u_api_id.parse(api.u_api_id)
    except Problem as problem:
        yield f"{api.u_api_id} is not a U_API_ID: {problem.detail}"
        return
    if code.level != api.level:
        yield f"{api.u_api_id} says {code.level}, the entry {api.level}"
    if (code.category == FUNDS_CATEGORY) != api.funds:
        yield "category 02 (payments) and the funds flag do not go together"


def _level(api: Api) -> Iterator[str]:
    """6.2: funds and account information are A2; an A1 answer tells nothing of a person."""
    if api.level == "A1":
        if api.funds or api.consent_types:
            yield "funds or a user's consent make an interface A2"
        told = PERSONAL_MEMBERS & member_names(api.answer)
        if told or api.sealed_answer or api.sealed_request:
            yield f"an A1 interface tells of a person: {', '.join(sorted(told)) or 'sealed'}"
    elif not api.consent_types and not api.own_dealings:
        yield "an A2 interface needs a user's consent"
    if api.own_dealings and (api.level == "A1" or api.funds or api.consent_types or api.method != "GET"):
        yield "what tells an application of its own dealings is A2, reads only, and needs no user"
    if api.own_dealings and api.sealed_answer is None:
        yield "what tells of all users' dealings leaves sealed"
    if api.funds and api.method != "GET" and not api.idempotent:
        yield "an interface that moves money needs an Idempotency-Key"


def _confidentiality(api: Api) -> Iterator[str]:
    """7.2.2: what is sensitive comes sealed and leaves masked or sealed."""
    clear = member_names(api.request) | member_names(api.query)
    for member in sorted(clear & SENSITIVE_MEMBERS):
        yield f"the request takes {member} in clear"
    if (api.sealed_request is not None) != ("sealed" in member_names(api.request)):
        yield "the request has a member sealed without a shape for it, or the reverse"
    for member in sorted(member_names(api.answer) & member_names(api.sealed_answer)):
        yield f"{member} leaves in clear and sealed"
    if api.idempotent and api.sealed_answer is not None:
        yield "what is answered again for the same Idempotency-Key must hold nothing sensitive"


@cache
def member_names(shape: Shape | None) -> frozenset[str]:
    """The wire names of a shape's members, those of nested shapes included."""
    return frozenset(_walk(msgspec.inspect.type_info(shape))) if shape is not None else frozenset()


def _walk(info: msgspec.inspect.Type) -> Iterator[str]:
    if isinstance(info, msgspec.inspect.StructType):
        for member in info.fields:
            yield member.encode_name
            yield from _walk(member.type)
    elif isinstance(info, msgspec.inspect.ListType):
        yield from _walk(info.item_type)
    elif isinstance(info, msgspec.inspect.UnionType):
        for each in info.types:
            yield from _walk(each)
    elif isinstance(info, msgspec.inspect.Metadata):
        yield from _walk(info.type)
