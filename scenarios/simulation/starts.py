"""Quick starts: what a party does anew each time it starts, though it comes out the same, is done once in a process.

Stretching passphrases is slow by design; compiling templates and addresses takes most of a start. A run that lasts a
second and kills parties would do nothing else. Nothing that is decided at run time is remembered here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from types import CodeType
from typing import Any
from unittest.mock import patch

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from bank_sim.sdk.protocol import pkcs8

_opened = lru_cache(maxsize=64)(pkcs8.decrypt)
_compile: Callable[..., Any] = Rule._compile_builder
_builders: dict[tuple[object, ...], Any] = {}


class _Templates(BytecodeCache):
    """Compiled templates, by file and content."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


_templates = _Templates()


def _built(rule: Rule, append_unknown: bool = True) -> Any:
    """The function that makes an address of a rule; it belongs to no rule until it is bound to one."""
    key = (rule.rule, rule.host, rule.subdomain, tuple(rule._trace), repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


@contextmanager
def quick_starts() -> Iterator[None]:
    """Remember it for as long as the block runs, and from block to block."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(pkcs8, "decrypt", _opened))
        stack.enter_context(patch.object(Rule, "_compile_builder", _built))
        stack.enter_context(patch.object(Flask, "jinja_options", {"bytecode_cache": _templates}))
        yield
