"""Templates compiled once a process, however many banks and wallets its tests open."""

from __future__ import annotations

from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

Key = tuple[str, str, str]


class _Shared(BytecodeCache):
    """What was compiled, by application, template and source: all that decides what is compiled.

    One application always sets its environment up alike; two may read the same template differently.
    """

    def __init__(self) -> None:
        self._compiled: dict[Key, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> Key:
    environment: Any = bucket.environment
    return environment.app.import_name, bucket.key, bucket.checksum


def share_compiled_templates() -> None:
    """From here on, for every Flask application of this process."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Shared()}
