"""The catalogue of refusals, and tables of checks that raise them."""

import pytest

from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import CATALOGUE, DECRYPT_FAILED, NONCE_REPLAYED, SIGNATURE_INVALID, Problem


def test_every_line_of_the_catalogue_can_be_answered() -> None:
    for code, kind in CATALOGUE.items():
        assert kind.code == code
        assert 400 <= kind.status <= 599
        assert kind.title.endswith(".")
        assert kind.title_zh.endswith("。")


@pytest.mark.clause("7.1-7")
def test_a_document_is_rfc_9457_and_keeps_the_private_reason() -> None:
    document = DECRYPT_FAILED.problem(reason="the tag does not hold", retry_after_s=3).document("trace-1")
    assert document["type"].endswith("DECRYPT_FAILED")
    assert (document["status"], document["trace_id"], document["retry_safe"]) == (400, "trace-1", False)
    assert document["retry_after_s"] == 3
    assert "tag" not in str(document)


def test_an_unsafe_refusal_is_not_marked_safe_to_retry() -> None:
    assert not NONCE_REPLAYED.retry_safe
    assert CATALOGUE["TIMESTAMP_EXPIRED"].retry_safe


def refuse(_: list[str]) -> None:
    raise SIGNATURE_INVALID.problem()


TABLE = CheckTable(
    [
        row("first", lambda case: case.append("first"), "A1 A2"),
        row("signature", refuse, "A2", "7.2.2-2.2"),
        row("last", lambda case: case.append("last"), "A1 A2"),
    ]
)


def test_a_table_runs_its_columns_rows_in_order_and_stops_at_the_first_refusal() -> None:
    a1: list[str] = []
    a2: list[str] = []
    TABLE.run(a1, "A1")
    with pytest.raises(Problem, match=r"^SIGNATURE_INVALID"):
        TABLE.run(a2, "A2")
    assert (a1, a2) == (["first", "last"], ["first"])


def test_a_weakened_table_leaves_out_the_named_row_and_nothing_else() -> None:
    case: list[str] = []
    TABLE.run(case, "A2", frozenset({"signature"}))
    assert case == ["first", "last"]
    assert [each.name for each in TABLE.path("A2")] == ["first", "signature", "last"]


def test_two_rows_cannot_bear_one_name() -> None:
    with pytest.raises(ValueError, match="same name"):
        CheckTable([row("same", refuse, "A1"), row("same", refuse, "A2")])
