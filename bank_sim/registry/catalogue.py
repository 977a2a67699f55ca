"""The catalogue of interfaces: what is not in it does not exist (JR/T 0185 clause 5, 6.2).

Routes are made from the entries only. Entries are proven by ``lint`` before a catalogue is made of them, so that a bank
with a wrong one does not start. Which versions are in service is for ``lives`` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bank_sim.registry.api import Api
from bank_sim.registry.lint import faults
from bank_sim.registry.published import designed_apis, published_apis


@dataclass(frozen=True, slots=True)
class Route:
    """A path that exists: its interfaces by method, their versions, and the raw values of the names in its template."""

    methods: Mapping[str, Api]
    versions: Mapping[tuple[str, str | None], Api]
    parameters: Mapping[str, str]

    def asked(self, method: str, version: str | None) -> Api | None:
        """The version that a call names; where there is none of that name, the one that descriptions show."""
        return self.versions.get((method, version)) or self.methods.get(method)


class Catalogue:
    """The versions in service, by API_ID and by path.

    Of several versions of one interface the first given is the one that ``by_id``, iteration and descriptions show.
    ``baffled`` are versions whose service has ended: a path still leads to them, so that callers are told, and nothing
    else does (JR/T 0185 11).
    """

    def __init__(self, apis: Iterable[Api], baffled: Iterable[Api] = ()) -> None:
        self.apis = _side_by_side(tuple(apis))
        self.by_id: Mapping[str, Api] = {each.api_id: each for each in reversed(self.apis)}
        self._shown = tuple(each for each in self.apis if self.by_id[each.api_id] is each)
        self._fixed: dict[str, Route] = {}
        self._templates: dict[int, list[tuple[tuple[str, ...], Route]]] = {}
        routed = (*self.apis, *(replace(each, versions=(each.version,)) for each in baffled))
        for path in dict.fromkeys(each.path for each in routed):
            here = [each for each in routed if each.path == path]
            methods = {each.method: each for each in reversed(here)}
            route = Route(methods, {(each.method, each.version): each for each in here}, {})
            if "{" in path:
                segments = tuple(path.split("/"))
                self._templates.setdefault(len(segments), []).append((segments, route))
            else:
                self._fixed[path] = route

    def __iter__(self) -> Iterator[Api]:
        """One entry an interface."""
        return iter(self._shown)

    def find(self, path: str) -> Route | None:
        """The route behind a path as it came; None when no interface lies there. Values are not judged here."""
        route = self._fixed.get(path)
        if route is not None:
            return route
        segments = path.split("/")
        for template, found in self._templates.get(len(segments), ()):
            values = _match(template, segments)
            if values is not None:
                return Route(found.methods, found.versions, values)
        return None


def _side_by_side(apis: tuple[Api, ...]) -> tuple[Api, ...]:
    """Every version knows the others of its interface."""
    versions: dict[str, list[str]] = {}
    for each in apis:
        versions.setdefault(each.api_id, []).append(each.version)
    return tuple(replace(each, versions=tuple(sorted(versions[each.api_id], key=int))) for each in apis)


def _match(template: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    values: dict[str, str] = {}
    for expected, given in zip(template, segments, strict=True):
        if expected.startswith("{"):
            if not given:
                return None
            values[expected[1:-1]] = given
        elif expected != given:
            return None
    return values


def proven(apis: Iterable[Api]) -> tuple[Api, ...]:
    """The entries themselves. ``ValueError`` lists what breaks the rules of a catalogue."""
    entries = tuple(apis)
    found = faults(entries)
    if found:
        raise ValueError("the catalogue breaks its rules: " + "; ".join(found))
    return entries


def designs_of(institution: str) -> tuple[Api, ...]:
    """Every version that the bank's programs can serve: those published at its founding, then the later designs."""
    return proven((*published_apis(institution), *designed_apis()))


def catalogue_of(institution: str) -> Catalogue:
    """The interfaces as a bank with this institution code (six characters, JR/T 0124) is founded with."""
    return Catalogue(proven(published_apis(institution)))
