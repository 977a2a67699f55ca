"""What Flask's applications compile: templates once a process, however many banks and wallets its tests open; and the
program that builds an address from its rule when it is first asked, which that of most rules never is."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

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


def build_addresses_late() -> None:
    """Opening the bank's pages compiles two programs for each of their rules: half of what a quick test takes."""
    at_once: Callable[..., Callable[..., tuple[str, str]]] = Rule._compile_builder

    def when_asked(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(asked: Rule, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(at_once(rule, append_unknown))
            return compiled[0](asked, **values)

        return build

    Rule._compile_builder = when_asked
