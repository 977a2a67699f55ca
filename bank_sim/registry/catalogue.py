"""The catalogue of published interfaces: what is not in it does not exist (JR/T 0185 clause 5, 6.2).

Routes are made from the entries only. Building a catalogue proves it by ``lint``, so that a bank with a wrong
one does not start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bank_sim.registry.api import Api
from bank_sim.registry.lint import faults
from bank_sim.registry.published import published_apis


@dataclass(frozen=True, slots=True)
class Route:
    """A path that exists: its interfaces by method, and the raw values of the names in its template."""

    methods: Mapping[str, Api]
    parameters: Mapping[str, str]


class Catalogue:
    """The entries by API_ID and by path. ``ValueError`` at building lists what breaks the rules."""

    def __init__(self, apis: Iterable[Api]) -> None:
        self.apis = tuple(apis)
        found = faults(self.apis)
        if found:
            raise ValueError("the catalogue breaks its rules: " + "; ".join(found))
        self.by_id: Mapping[str, Api] = {each.api_id: each for each in self.apis}
        self._fixed: dict[str, Route] = {}
        self._templates: dict[int, list[tuple[tuple[str, ...], dict[str, Api]]]] = {}
        for path in dict.fromkeys(each.path for each in self.apis):
            methods = {each.method: each for each in self.apis if each.path == path}
            if "{" in path:
                segments = tuple(path.split("/"))
                self._templates.setdefault(len(segments), []).append((segments, methods))
            else:
                self._fixed[path] = Route(methods, {})

    def __iter__(self) -> Iterator[Api]:
        return iter(self.apis)

    def find(self, path: str) -> Route | None:
        """The route behind a path as it came; None when no interface lies there. Values are not judged here."""
        route = self._fixed.get(path)
        if route is not None:
            return route
        segments = path.split("/")
        for template, methods in self._templates.get(len(segments), ()):
            values = _match(template, segments)
            if values is not None:
                return Route(methods, values)
        return None


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


def catalogue_of(institution: str) -> Catalogue:
    """The published interfaces with identifiers of one institution (six characters, JR/T 0124)."""
    return Catalogue(published_apis(institution))
