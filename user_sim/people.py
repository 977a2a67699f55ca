"""The people of the sandbox: invented from a seed, the same for the same seed, nobody's in reality.

Every value is well-formed, so that any validation accepts it, and lies in a range that no authority assigns: area
99 of identity numbers (GB/T 2260 has none) and the mobile segment 154. The values double as canaries: none of them
may lie unmasked at the application (JR/T 0185 7.2.2, 9.3.3). Must not know banks or applications.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from user_sim.romanization import romanized

if TYPE_CHECKING:
    from faker import Faker

UNASSIGNED_AREA = "990101"
UNASSIGNED_SEGMENT = "154"
_BORN_FIRST, _BORN_LAST = date(1960, 1, 1), date(2000, 12, 31)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a bank login and a mobile phone, all text.

    ``phone`` has 11 digits, ``id_number`` 18 characters, ``password`` 8 digits as a bank's keypad takes them.
    """

    person_id: str
    name: str
    name_en: str
    id_number: str
    phone: str
    login_name: str
    password: str

    def canaries(self) -> dict[str, str]:
        """What the person trusts to the bank alone, by field: no file of the application may contain a value."""
        return {
            "name": self.name,
            "id_number": self.id_number,
            "phone": self.phone,
            "login_name": self.login_name,
            "password": self.password,
        }

    def __repr__(self) -> str:
        """Names the person without a sensitive value, since reprs end up in logs and tracebacks."""
        return f"Person({self.person_id!r})"


def people(seed: int, count: int) -> list[Person]:
    """``count`` distinct people; a longer list of the same seed begins with the shorter one."""
    # Importing Faker takes 0.2 s; processes that only pass people around should not pay for it.
    from faker import Faker

    faker = Faker("zh_CN")
    faker.seed_instance(seed)
    return list(islice(_distinct(faker), count))


def id_check_character(first_17: str) -> str:
    """The last character of an identity number (GB 11643-1999, ISO 7064 MOD 11-2): a digit or ``X``."""
    weighted = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return "10X98765432"[weighted % 11]


def _distinct(faker: Faker) -> Iterator[Person]:
    taken: set[str] = set()
    number = 0
    while True:
        person = _person(faker, f"p{number + 1:03d}")
        if person is None or not taken.isdisjoint(person.canaries().values()):
            continue
        taken.update(person.canaries().values())
        number += 1
        yield person


def _person(faker: Faker, person_id: str) -> Person | None:
    """One draw; None when the name is not of three characters, too short to be told from ordinary text."""
    name = faker.last_name() + faker.first_name()
    name_en = romanized(name)
    if name_en is None:
        return None
    return Person(
        person_id=person_id,
        name=name,
        name_en=name_en,
        id_number=_id_number(faker),
        phone=UNASSIGNED_SEGMENT + faker.numerify("########"),
        login_name=faker.numerify(name_en.replace(" ", "").lower() + "####"),
        password=faker.numerify("%#######"),
    )


def _id_number(faker: Faker) -> str:
    born = _BORN_FIRST + timedelta(days=faker.random_int(0, (_BORN_LAST - _BORN_FIRST).days))
    first_17 = f"{UNASSIGNED_AREA}{born:%Y%m%d}{faker.random_int(0, 999):03d}"
    return first_17 + id_check_character(first_17)
