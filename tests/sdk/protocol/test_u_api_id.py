"""The uniform identifier of Appendix B: rule by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.u_api_id import UApiId, next_identifier, parse

BALANCE = "OPC9999902010003000001" + "00"


@pytest.mark.clause("B.2-1", "B.2-2", "B.3.7-1")
def test_an_identifier_is_built_from_six_parts_and_parsed_into_them() -> None:
    built = UApiId("C99999", "A2", "01", "0003", "000001")
    assert str(built) == BALANCE
    assert parse(BALANCE) == built
    assert built.reserved == "00"


@pytest.mark.clause("B.3.5-2")
@pytest.mark.parametrize(
    ("category", "name"),
    [("01", "账户服务"), ("02", "支付结算"), ("03", "投资理财"), ("04", "信贷"), ("05", "信用卡"), ("06", "行业服务"),
     ("07", "国际业务"), ("08", "科技服务"), ("09", ""), ("99", "")],
)  # fmt: skip
def test_the_first_level_categories_bear_the_standards_names(category: str, name: str) -> None:
    assert UApiId("C99999", "A1", category, "0001", "000001").category_name[1] == name


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param(BALANCE[:-1], r"B\.2: .*24", marks=pytest.mark.clause("B.2-1")),
        pytest.param(BALANCE + "0", r"B\.2: .*24", marks=pytest.mark.clause("B.2-1")),
        pytest.param("", r"B\.2", marks=pytest.mark.clause("B.2-1")),
        pytest.param(BALANCE[:-1] + "\uff10", r"B\.2: .*ASCII", marks=pytest.mark.clause("B.2-1")),
        pytest.param(BALANCE[2:] + "OP", r"B\.3\.2", marks=pytest.mark.clause("B.2-2")),
        pytest.param("AP" + BALANCE[2:], r"B\.3\.2", marks=pytest.mark.clause("B.3.2-1")),
        pytest.param("op" + BALANCE[2:], r"B\.3\.2", marks=pytest.mark.clause("B.3.2-1")),
        pytest.param(BALANCE.replace("C99999", "999999"), r"B\.3\.3", marks=pytest.mark.clause("B.3.3-1")),
        pytest.param(BALANCE.replace("C99999", "c99999"), r"B\.3\.3", marks=pytest.mark.clause("B.3.3-1")),
        pytest.param(BALANCE.replace("C99999", "C9999-"), r"B\.3\.3", marks=pytest.mark.clause("B.3.3-1")),
        pytest.param("OPC99999" + "00" + BALANCE[10:], r"B\.3\.4", marks=pytest.mark.clause("B.3.4-1")),
        pytest.param("OPC99999" + "03" + BALANCE[10:], r"B\.3\.4", marks=pytest.mark.clause("B.3.4-1")),
        pytest.param("OPC99999" + "A1" + BALANCE[10:], r"B\.3\.4", marks=pytest.mark.clause("B.3.4-1")),
        pytest.param("OPC9999902" + "00" + BALANCE[12:], r"B\.3\.5: .*00", marks=pytest.mark.clause("B.3.5-2")),
        pytest.param("OPC9999902" + "0A" + BALANCE[12:], r"B\.3\.5", marks=pytest.mark.clause("B.3.5-1")),
        pytest.param("OPC999990201" + "0000" + BALANCE[16:], r"B\.3\.5: .*0000", marks=pytest.mark.clause("B.3.5-3")),
        pytest.param("OPC999990201" + "00A3" + BALANCE[16:], r"B\.3\.5", marks=pytest.mark.clause("B.3.5-1")),
        pytest.param(BALANCE[:16] + "000000" + "00", r"B\.3\.6: .*000001", marks=pytest.mark.clause("B.3.6-1")),
        pytest.param(BALANCE[:16] + "00001 " + "00", r"B\.3\.6", marks=pytest.mark.clause("B.3.6-1")),
        pytest.param(BALANCE[:22] + "01", r"B\.3\.7", marks=pytest.mark.clause("B.3.7-1")),
    ],
)
def test_a_broken_rule_is_named(text: str, rule: str) -> None:
    with pytest.raises(Problem, match=f"^U_API_ID_INVALID: {rule}"):
        parse(text)


IDENTIFIERS = st.builds(
    UApiId,
    institution=st.from_regex(r"\A[A-Z][0-9A-Z]{5}\Z"),
    level=st.sampled_from(["A1", "A2"]),
    category=st.integers(1, 99).map("{:02d}".format),
    subcategory=st.integers(1, 9999).map("{:04d}".format),
    sequence=st.integers(1, 999_999).map("{:06d}".format),
)


@pytest.mark.clause("B.2-2")
@given(identifier=IDENTIFIERS)
def test_every_identifier_survives_its_text(identifier: UApiId) -> None:
    assert len(str(identifier)) == 24
    assert parse(str(identifier)) == identifier


@pytest.mark.clause("B.3.6-2")
@given(count=st.integers(1, 30), level=st.sampled_from(["A1", "A2"]))
def test_sequences_run_on_within_institution_type_and_category(count: int, level: str) -> None:
    other_level = "A1" if level == "A2" else "A2"
    taken = [UApiId("C99999", other_level, "01", "0001", "000007"), UApiId("C88888", level, "01", "0001", "000009")]
    for number in range(1, count + 1):
        taken.append(next_identifier(taken, "C99999", level, "01", "0001"))
        assert taken[-1].sequence == f"{number:06d}"
    assert len({str(each) for each in taken}) == len(taken)


@pytest.mark.clause("B.3.5-2", "B.3.5-3")
def test_new_categories_are_numbered_in_order() -> None:
    first = next_identifier([], "C99999", "A1", "09", "0001")
    assert str(first) == "OPC999990109000100000100"
    with pytest.raises(Problem, match=r"^U_API_ID_INVALID: B\.3\.5: the next free first-level category is 09"):
        next_identifier([], "C99999", "A1", "12", "0001")
    with pytest.raises(Problem, match=r"^U_API_ID_INVALID: B\.3\.5: the next free first-level category is 10"):
        next_identifier([first], "C99999", "A1", "12", "0001")
    with pytest.raises(Problem, match=r"^U_API_ID_INVALID: B\.3\.5: the next free second-level category is 0002"):
        next_identifier([first], "C99999", "A1", "09", "0003")


def test_a_used_up_sequence_is_said_to_be() -> None:
    with pytest.raises(Problem, match=r"^U_API_ID_INVALID: B\.3\.6: .*used up"):
        next_identifier([UApiId("C99999", "A1", "01", "0001", "999999")], "C99999", "A1", "01", "0001")
