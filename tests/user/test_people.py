"""The people are the same for the same seed, well-formed, and nobody's."""

import subprocess
import sys
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from user_sim.people import Person, id_check_character, people

SEEDS = st.integers(min_value=0, max_value=2**32)


def test_the_same_seed_makes_the_same_people() -> None:
    assert people(7, 5) == people(7, 5)


def test_another_seed_makes_other_people() -> None:
    assert {person.id_number for person in people(7, 20)}.isdisjoint(person.id_number for person in people(8, 20))


def test_more_people_of_a_seed_begin_with_the_same_ones() -> None:
    assert people(7, 9)[:4] == people(7, 4)


def test_the_global_random_state_is_left_alone() -> None:
    import random

    random.seed(1)
    expected = random.random()
    random.seed(1)
    people(7, 3)
    assert random.random() == expected


@given(seed=SEEDS)
def test_every_identity_number_is_well_formed_and_of_no_real_area(seed: int) -> None:
    for person in people(seed, 3):
        assert len(person.id_number) == 18
        assert person.id_number.startswith("99")
        assert date.fromisoformat(person.id_number[6:14]).year in range(1960, 2001)
        assert person.id_number[-1] == id_check_character(person.id_number[:-1])


def test_the_check_character_is_that_of_the_standards_own_example() -> None:
    # GB 11643-1999, annex A, computes the character of 11010519491231002 to be X.
    assert id_check_character("11010519491231002") == "X"


@given(seed=SEEDS)
def test_phones_are_mobile_numbers_of_an_unassigned_segment(seed: int) -> None:
    for person in people(seed, 3):
        assert len(person.phone) == 11
        assert person.phone.isdigit()
        assert person.phone.startswith("154")


def test_no_canary_is_shared_and_none_is_short_enough_to_occur_by_chance() -> None:
    crowd = people(1, 300)
    canaries = [value for person in crowd for value in person.canaries().values()]
    assert len(canaries) == len(set(canaries)) == 300 * 5
    assert all(len(value.encode()) >= 8 for value in canaries)


@given(seed=SEEDS)
def test_passwords_are_eight_digits_as_a_keypad_takes_them(seed: int) -> None:
    assert all(len(person.password) == 8 and person.password.isdigit() for person in people(seed, 3))


def test_names_read_the_same_in_both_scripts() -> None:
    crowd = people(3, 50)
    assert all(len(person.name) == 3 for person in crowd)
    assert all(person.login_name.startswith(person.name_en.replace(" ", "").lower()) for person in crowd)


def test_a_person_in_a_traceback_gives_nothing_away() -> None:
    person = people(7, 1)[0]
    assert not any(value in f"{person!r} {person}" for value in person.canaries().values())


def test_naming_the_type_does_not_pay_for_faker() -> None:
    code = "import sys; from user_sim.people import Person; print('faker' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
    assert Person.__module__ == "user_sim.people"
