"""One search after each play: the values of its people, in every place where they must not lie.

The places are the parties' files, the memory of those parties that are trusted with none of it, the messages between
application and bank, and what the plain browsers sent and got. The bank's memory is not searched: it opens what is
sealed for it. Nor is that of this process, in which the users and the partners' applications live.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

from scenarios.canaries import Needles
from scenarios.colleagues import colleagues
from scenarios.residues.changes import Changes
from scenarios.residues.memory import MemoryUnreadable, regions
from scenarios.residues.search import Findings, Search
from scenarios.residues.traffic import of_browser
from scenarios.residues.trust import Kind, Place, Value, Whose
from user_sim.codes import CODE

if TYPE_CHECKING:
    from scenarios.stage import Stage
    from scenarios.world import World
    from user_sim.people import Person

_NUMBERS = """
SELECT a.account_number FROM accounts a JOIN credentials c ON c.customer_id = a.customer_id WHERE c.login_name = :login
UNION
SELECT d.card_number FROM cards d JOIN accounts a ON a.account_id = d.account_id
JOIN credentials c ON c.customer_id = a.customer_id WHERE c.login_name = :login
"""
_FILES: dict[str, Place] = {"app": "application's files", "user": "phone's files", "bank": "bank's files"}
_MEMORY: dict[str, Place] = {"app": "application's memory", "user": "phone's memory"}


class Watch:
    """The eyes on one world. It finds a residue once, in the play that left it.

    ``thorough``: look into the processes' memory and the bank's large files as well, for some tenths of a second.
    """

    def __init__(self, world: World, *, thorough: bool) -> None:
        self._world = world
        self._thorough = thorough
        self._changes = Changes()
        self._stats: dict[Path, tuple[int, int, int]] = {}
        self._known: set[tuple[str, str]] = set()
        self._newest_message = 0
        self._typed: set[str] = set()

    def after(self, stage: Stage) -> Findings:
        """Search for what belongs to the people of this stage."""
        started = time.perf_counter()
        values = {f"{number} {each.name}": each for number, each in enumerate(self._values(stage))}
        needles = Needles({name: each.text for name, each in values.items()}, swift=self._thorough)
        search = Search(values, needles, self._known, self._typed)
        if stage.browsers is not None:
            # What is typed into a real browser is not seen from here; whom to pay is typed in any case.
            self._typed.update(each.text for each in values.values() if each.whose != "user")
        self._traffic(search, stage)
        self._files(search)
        if self._thorough:
            self._processes(search)
        search.findings.seconds = time.perf_counter() - started
        return search.findings

    def _values(self, stage: Stage) -> list[Value]:
        people: dict[Whose, Person] = {"user": stage.user, "payee": stage.payee, "stranger": stage.stranger}
        if stage.bystander is not None:
            people["bystander"] = stage.bystander
        with closing(_readonly(self._world.home.party("bank") / "bank.db")) as db:
            numbers = {whose: db.execute(_NUMBERS, {"login": each.login_name}) for whose, each in people.items()}
            values = [Value("number", whose, str(text)) for whose, rows in numbers.items() for (text,) in rows]
        for whose, each in people.items():
            values += [Value(cast("Kind", kind), whose, text) for kind, text in each.canaries().items()]
        values += [Value("password", "staff", each.password) for each in colleagues(self._world.plan.seed)]
        return [*values, *self._on_phones({each.phone: whose for whose, each in people.items()})]

    def _on_phones(self, owners: dict[str, Whose]) -> Iterator[Value]:
        """The codes that came since the last play, and the secrets of their owners' authenticators."""
        folder = self._world.home.party("user")
        with closing(_readonly(folder / "user.db")) as db:
            sql = "SELECT message_id, number, text FROM messages WHERE message_id > ? ORDER BY message_id"
            for message_id, number, text in db.execute(sql, (self._newest_message,)).fetchall():
                self._newest_message = message_id
                if number in owners:
                    yield from (Value("code", owners[number], code) for code in CODE.findall(text))
        with closing(_readonly(folder / "apps.db")) as db:
            for number, secret in db.execute("SELECT number, secret FROM authenticators").fetchall():
                if number in owners:
                    yield Value("authenticator", owners[number], str(secret))

    def _files(self, search: Search) -> None:
        for party, place in _FILES.items():
            if party == "bank" and not self._thorough:
                continue
            for path in sorted(self._world.home.party(party).rglob("*")):
                if (content := self._if_changed(path)) is None:
                    continue
                search.findings.files += 1
                search.findings.bytes += len(content)
                for offset, piece in self._changes.of(path, content, search.needles.longest):
                    search.look(place, str(path), offset, piece)

    def _if_changed(self, path: Path) -> bytes | None:
        try:
            stat = path.stat()
            state = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if self._stats.get(path) == state:
                return None
            content = path.read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            return None
        self._stats[path] = state
        return content

    def _processes(self, search: Search) -> None:
        for party in self._world.parties:
            if party.party.name not in _MEMORY:
                continue
            place = _MEMORY[party.party.name]
            try:
                self._process(search, place, party.pid)
                search.findings.processes += 1
            except MemoryUnreadable as error:
                search.findings.unread.append(f"{place}: {error}")

    def _traffic(self, search: Search, stage: Stage) -> None:
        """Until an attack began, whoever sent something was honest."""
        begun = stage.attack_mark is not None
        honest = stage.attack_message - stage.first_message if begun else None
        search.messages(lambda *_: "application's wire", stage.wire.record.messages[stage.first_message :], honest)
        for number, record in enumerate(stage.browsed):
            honest = None
            if begun:
                honest = stage.browsed_honestly[number] if number < len(stage.browsed_honestly) else 0
            search.messages(of_browser, record.messages, honest)

    def _process(self, search: Search, place: Place, pid: int) -> None:
        for region in regions(pid):
            key = (pid, region.start)
            where = f"the {place}, process {pid}, {region.name or 'anonymous memory'} from {region.start:#x}"
            for offset, piece in self._changes.of(key, region.content, search.needles.longest):
                search.findings.bytes += len(piece)
                search.look(place, where, offset, piece, packed=False)


def _readonly(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
