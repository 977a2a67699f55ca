"""Content-Digest: one value, of the suite's algorithm, canonically written."""

import base64
import hashlib

import pytest

from bank_sim.sdk.protocol.digests import content_digest, require_digest
from bank_sim.sdk.protocol.problems import Problem

BODY = b'{"amount":"100.00"}'
OTHER = {"gm": "intl", "intl": "gm"}


def test_the_header_is_that_of_rfc_9530() -> None:
    assert content_digest("intl", BODY) == f"sha-256=:{base64.b64encode(hashlib.sha256(BODY).digest()).decode()}:"
    assert content_digest("gm", BODY).startswith("sm3=:")


@pytest.mark.clause("7.2.2-2.1")
def test_a_matching_digest_is_accepted_and_any_other_body_is_not(suite: str) -> None:
    require_digest(content_digest(suite, BODY), BODY, suite)
    require_digest(None, b"", suite)
    with pytest.raises(Problem, match=r"^DIGEST_MISMATCH"):
        require_digest(content_digest(suite, BODY), BODY + b" ", suite)
    with pytest.raises(Problem, match=r"^DIGEST_MISMATCH"):
        require_digest(content_digest(suite, BODY), b"", suite)


def test_a_body_without_digest_or_with_another_suites_is_told_what_is_needed(suite: str) -> None:
    for header in (None, content_digest(OTHER[suite], BODY), "md5=:AAAA:", ""):
        with pytest.raises(Problem, match=r"^DIGEST_REQUIRED"):
            require_digest(header, BODY, suite)


def test_a_second_digest_or_spelling_does_not_pass(suite: str) -> None:
    good = content_digest(suite, BODY)
    for header in (f"{good}, {good}", f"{good}, sha-512=:AAAA:", good.replace("=:", ":", 2), good + ";a=1", good + " "):
        with pytest.raises(Problem, match=r"^DIGEST_"):
            require_digest(header, BODY, suite)
