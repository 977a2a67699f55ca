"""The bank's settings file: complete, strict, and without secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bank_sim.config import Config, ConfigError
from bank_sim.policy import Policy


def settings(**changes: Any) -> dict[str, Any]:
    return {"home": "/h", "ca_certificate": "/h/ca.crt", "tls_certificate": "/h/t.crt", "tls_key": "/h/t.key"} | changes


def written(tmp_path: Path, **changes: Any) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(settings(**changes)))
    return path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    config = Config.from_file(written(tmp_path, workers=3, suite="intl", policy={"otp_tries": 3}))
    path = tmp_path / "again.json"
    path.write_bytes(config.to_json())
    assert Config.from_file(path) == config
    assert config.policy == Policy(otp_tries=3)
    assert config.database == Path("/h/bank/bank.db")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"workers": 0}, "workers"),
        ({"workers": "2"}, "workers"),
        ({"suite": "sm9"}, "suite"),
        ({"port_gateway": 70_000}, "port_gateway"),
        ({"policy": {"otp_digits": 4}}, "otp_digits"),
        ({"policy": {"signature_window_s": -1}}, "signature_window_s"),
        ({"policy": {"body_bytes_max": 65_537}}, "body_bytes_max"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_file(written(tmp_path, **changes))
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.clause("7.3.4-2.2")
@pytest.mark.parametrize("name", ["passphrase", "app_secret", "private_key", "control_token"])
def test_a_secret_in_the_settings_keeps_the_bank_from_starting(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.from_file(written(tmp_path, **{name: "hunter2"}))


def test_a_missing_or_broken_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        Config.from_file(tmp_path / "none.json")
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ConfigError, match=r"config\.json"):
        Config.from_file(tmp_path / "config.json")


def test_settings_cannot_be_changed_once_parsed(tmp_path: Path) -> None:
    config = Config.from_file(written(tmp_path))
    with pytest.raises(AttributeError):
        config.workers = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        config.policy.otp_tries = 99  # type: ignore[misc]


def test_funds_tokens_live_shorter_than_query_tokens_and_these_shorter_than_public_ones() -> None:
    policy = Policy()
    assert policy.access_token_funds_s < policy.access_token_query_s < policy.access_token_a1_s
    assert policy.key_validity_a2_s < policy.key_validity_a1_s
