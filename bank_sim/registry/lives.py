"""How each version of an interface stands, and the catalogue that follows from it, in every process at once.

    designed → registered → published → deprecated → terminated → offline → archived        (JR/T 0185 11)

Published and deprecated versions are in service side by side; of a terminated one only the baffle is left. What is kept
in memory is read anew when the shared generation has grown: asking costs less than a microsecond. Changing a life is
the business of ``bank_sim.interfaces`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bank_sim.registry.api import Api
from bank_sim.registry.catalogue import Catalogue
from bank_sim.registry.generation import Generation
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS interface_versions (
    api_id TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('designed', 'registered', 'published', 'deprecated', 'terminated', 'offline', 'archived')
    ),
    u_api_id TEXT UNIQUE,
    description_sm3 TEXT,
    changed_ms INTEGER NOT NULL,
    published_ms INTEGER,
    deprecated_ms INTEGER,
    sunset_ms INTEGER,
    terminated_ms INTEGER,
    successor TEXT,
    PRIMARY KEY (api_id, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS interface_description_stands BEFORE UPDATE ON interface_versions
WHEN OLD.published_ms IS NOT NULL AND NEW.description_sm3 IS NOT OLD.description_sm3
BEGIN SELECT RAISE(ABORT, 'the description of a published version does not change'); END;
"""

LifeState = Literal["designed", "registered", "published", "deprecated", "terminated", "offline", "archived"]
STATES: tuple[LifeState, ...] = (
    "designed", "registered", "published", "deprecated", "terminated", "offline", "archived",
)  # fmt: skip
IN_SERVICE: frozenset[LifeState] = frozenset({"published", "deprecated"})
_COLUMNS = (
    "api_id, version, state, u_api_id, description_sm3, changed_ms, published_ms, deprecated_ms, sunset_ms,"
    " terminated_ms, successor"
)
_READ = f"SELECT {_COLUMNS} FROM interface_versions ORDER BY api_id, version"  # noqa: S608 - constant columns

Version = tuple[str, str]
"""API_ID and version."""


@dataclass(frozen=True, slots=True)
class Life:
    """One version as it stands; instants in ms of virtual time.

    ``u_api_id``         given out at registration, None before
    ``description_sm3``  of the description that was published; it never changes afterwards
    ``sunset_ms``        when its service is announced to end; ``successor``: the version that replaces it, if any
    """

    api_id: str
    version: str
    state: LifeState
    u_api_id: str | None
    description_sm3: str | None
    changed_ms: int
    published_ms: int | None
    deprecated_ms: int | None
    sunset_ms: int | None
    terminated_ms: int | None
    successor: str | None

    @property
    def subject(self) -> str:
        """How pages, events and the staff's journal name it: ``rates.list:1``."""
        return f"{self.api_id}:{self.version}"

    @property
    def in_service(self) -> bool:
        return self.state in IN_SERVICE


@dataclass(frozen=True, slots=True)
class Offer:
    """What the bank offers at one moment. ``changed_ms``: when the newest change was made."""

    catalogue: Catalogue
    lives: Mapping[Version, Life]
    changed_ms: int

    def life_of(self, api: Api) -> Life:
        return self.lives[api.api_id, api.version]


class Lives:
    """The lives as all processes see them; ``designs`` are what the bank's programs can serve."""

    def __init__(self, store: Store, designs: Sequence[Api], generation: Generation) -> None:
        self._store = store
        self._generation = generation
        self.designs: Mapping[Version, Api] = {(each.api_id, each.version): each for each in designs}
        self._offer: Offer | None = None
        self._known = -1

    @property
    def generation(self) -> int:
        """Grows with every change: whoever keeps something made from an offer compares it."""
        return self._generation.now()

    def offer(self) -> Offer:
        """What is offered now."""
        generation = self._generation.now()
        if self._offer is None or generation != self._known:
            self._offer = self._made(all_lives(self._store))
            self._known = generation
        return self._offer

    def announce(self) -> None:
        """Tell all processes that a life has changed; the change must be committed."""
        self._generation.announce()

    def close(self) -> None:
        self._generation.close()

    def design(self, api_id: str, version: str) -> Api:
        """What the programs know of a version. RESOURCE_NOT_FOUND."""
        if (api_id, version) not in self.designs:
            raise problems.RESOURCE_NOT_FOUND.problem()
        return self.designs[api_id, version]

    def _made(self, lives: list[Life]) -> Offer:
        by_version = {(each.api_id, each.version): each for each in lives}
        standing = [
            (replace(api, u_api_id=life.u_api_id or ""), life)
            for version, api in self.designs.items()
            if (life := by_version.get(version)) is not None
        ]
        api_ids = [api_id for api_id, _ in self.designs]
        serving = [api for api, life in sorted(standing, key=_preferred) if life.in_service]
        serving.sort(key=lambda api: api_ids.index(api.api_id))
        ended = [api for api, life in standing if life.state == "terminated"]
        return Offer(Catalogue(serving, ended), by_version, max((each.changed_ms for each in lives), default=0))


def all_lives(store: Store) -> list[Life]:
    """Every version that there is or ever was, by API_ID and version."""
    return [Life(*row) for row in store.read(_READ)]


def find(store: Store, subject: str) -> Life:
    """The version that ``rates.list:1`` names, as it stands in the database. RESOURCE_NOT_FOUND."""
    api_id, _, version = subject.partition(":")
    sql = f"SELECT {_COLUMNS} FROM interface_versions WHERE api_id = ? AND version = ?"  # noqa: S608
    rows = store.read(sql, (api_id, version))
    if not rows:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return Life(*rows[0])


def _preferred(standing: tuple[Api, Life]) -> tuple[bool, int]:
    """Descriptions show what is not on its way out, and of that the newest."""
    api, life = standing
    return life.state != "published", -int(api.version)
