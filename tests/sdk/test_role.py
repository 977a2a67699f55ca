"""The SDK wraps algorithms and transport and holds nothing of a bank's business (JR/T 0185 6.1)."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import bank_sim.sdk
from bank_sim.registry.published import published_apis

SDK = Path(bank_sim.sdk.__file__).parent
ALLOWED = {"bank_sim.sdk", "cryptography", "httpx", "msgspec"}
# Spans for a collector are an extra, and loaded by this one module where somebody asks for them.
EXTRAS = {("tracing.py", "opentelemetry")}


def _imported(source: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source} imports relatively"
            names.add(str(node.module))
    return names


@pytest.mark.clause("6.1-2")
def test_the_sdk_imports_itself_cryptography_and_transport_only() -> None:
    strangers = {
        (source.name, name)
        for source in SDK.rglob("*.py")
        for name in _imported(source)
        if name.split(".")[0] not in sys.stdlib_module_names
        and (source.name, name.split(".")[0]) not in EXTRAS
        and not any(name == each or name.startswith(f"{each}.") for each in ALLOWED)
    }
    assert strangers == set()


@pytest.mark.clause("6.1-2")
def test_the_client_knows_no_interface_of_the_bank() -> None:
    known = {api.api_id for api in published_apis()} | {api.path for api in published_apis()}
    assert {text for source in SDK.glob("*.py") for text in _texts(source)} & known == set()


def _texts(source: Path) -> set[str]:
    """The string constants of a module's code; documentation may give examples."""
    tree = ast.parse(source.read_text())
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    }
