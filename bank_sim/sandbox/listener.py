"""The control listener: moves the clock, leaves defences out, switches faults on, registers foreign applications.

It has a port of its own and must never share one with the gateway or the pages. Reading the clock is open to all
parties, who follow it; whatever changes something asks for the token of this run.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from bank_sim.clock import Clock, rfc3339
from bank_sim.sandbox.block import ControlBlock
from bank_sim.sandbox.faults import KINDS, Faults, Standing, read_order
from bank_sim.sandbox.switches import Switches
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.problems import (
    API_NOT_FOUND,
    APP_AUTH_FAILED,
    MALFORMED_HTTP,
    METHOD_NOT_ALLOWED,
    PARAM_INVALID,
    Problem,
)

# Ours: ten years reach past every validity of the sandbox and stay within what calendars and certificates bear.
_ADVANCE_S_MAX = 3650 * 86_400

_log = logging.getLogger("bank.sandbox")


class _ClockMove(msgspec.Struct, forbid_unknown_fields=True):
    advance_s: int = 0
    reset: bool = False


class _Restoration(msgspec.Struct, forbid_unknown_fields=True):
    offset_ms: Annotated[int, msgspec.Meta(ge=0, le=_ADVANCE_S_MAX * 1000)]


class _Weakening(msgspec.Struct, forbid_unknown_fields=True):
    names: list[str]


def create_control_app(
    block: ControlBlock,
    clock: Clock,
    switches: Switches,
    faults: Faults,
    token_sha256: str,
    register: Callable[[bytes], dict[str, Any]],
    moved: Callable[[], None] = lambda: None,
    restored: Callable[[], None] = lambda: None,
) -> Flask:
    """The WSGI application. ``register`` takes a registration document and returns what its holder must keep.

    ``token_sha256``: hex digest of the bearer token that changes anything; "" admits nobody.
    ``moved`` does what a move of the clock has made due, before the move is answered. ``restored`` makes the bank's
    processes forget what they have in memory of a state that was replaced by a snapshot's.
    """
    app = Flask("bank_sim.control", static_folder=None)
    # A defect reaches the edge, which answers it opaquely, instead of becoming one of the refusals below.
    app.config["PROPAGATE_EXCEPTIONS"] = True

    @app.get("/health")
    def health() -> Response:
        in_force = faults.in_force(clock.now_ms())
        return _answer({"status": "ok", "weakened": sorted(switches.weakened()), "faults": in_force})

    @app.get("/clock")
    def read_clock() -> Response:
        return _answer(_reading(clock, block, switches))

    @app.post("/clock")
    def move_clock() -> Response:
        _require_token(token_sha256)
        _move(block, _body(_ClockMove))
        moved()
        _log.info("the virtual clock is %s s ahead", clock.offset_s)
        return _answer(_reading(clock, block, switches))

    @app.post("/restored")
    def follow_restoration() -> Response:
        _require_token(token_sha256)
        block.set_offset_s(_body(_Restoration).offset_ms / 1000)
        restored()
        block.announce_change()
        block.begin_epoch()
        _log.info("the parties' state was put back to that of a snapshot, %s s ahead", clock.offset_s)
        return _answer(_reading(clock, block, switches))

    @app.get("/weakened")
    def read_weakened() -> Response:
        return _answer({"names": sorted(switches.weakened()), "known": sorted(switches.known)})

    @app.post("/weakened")
    def set_weakened() -> Response:
        _require_token(token_sha256)
        switches.weaken(_body(_Weakening).names)
        names = sorted(switches.weakened())
        _log.info("defences left out: %s", ", ".join(names) or "none")
        return _answer({"names": names})

    @app.post("/applications")
    def add_application() -> Response:
        _require_token(token_sha256)
        return _answer(register(request.get_data()), 201)

    _add_faults(app, faults, clock, token_sha256)
    _refuse_as_problems(app)
    return app


def create_bare_app() -> Flask:
    """The listener of a production-like bank: it says that the bank lives, and has no knob to turn.

    404 for every other path, whoever asks with whatever token: there is nothing behind it.
    """
    app = Flask("bank_sim.control", static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = True

    @app.get("/health")
    def health() -> Response:
        return _answer({"status": "ok", "weakened": [], "faults": [], "production_like": True})

    _refuse_as_problems(app)
    return app


def _add_faults(app: Flask, faults: Faults, clock: Clock, token_sha256: str) -> None:
    @app.get("/faults")
    def list_faults() -> Response:
        now_ms = clock.now_ms()
        return _answer({"faults": [_shown(each, now_ms) for each in faults.listed()], "known": list(KINDS)})

    @app.post("/faults")
    def add_fault() -> Response:
        _require_token(token_sha256)
        order = read_order(strict_json.parse(request.get_data()))
        now_ms = clock.now_ms()
        return _answer(_shown(Standing(faults.add(order, now_ms), 0, 0), now_ms), 201)

    @app.delete("/faults")
    @app.delete("/faults/<fault_id>")
    def clear_faults(fault_id: str | None = None) -> Response:
        _require_token(token_sha256)
        return _answer({"cleared": faults.clear(fault_id)})


def _refuse_as_problems(app: Flask) -> None:
    """Whatever goes wrong on this listener is answered as a line of the catalogue."""

    @app.errorhandler(Problem)
    def refuse(problem: Problem) -> Response:
        # The rule, not the path: what a stranger writes into a path does not belong into a log.
        knob = request.url_rule.rule if request.url_rule is not None else "an unknown path"
        _log.info("refused %s %s from %s: %s", request.method, knob, request.remote_addr, problem.code)
        answer = _answer(problem.document(secrets.token_hex(16)), problem.kind.status)
        answer.content_type = "application/problem+json"
        return answer

    @app.errorhandler(HTTPException)
    def unreadable(_: Exception) -> Response:
        return refuse(MALFORMED_HTTP.problem())

    @app.errorhandler(404)
    def no_such_knob(_: Exception) -> Response:
        return refuse(API_NOT_FOUND.problem())

    @app.errorhandler(405)
    def knob_turns_otherwise(_: Exception) -> Response:
        return refuse(METHOD_NOT_ALLOWED.problem())


def _move(block: ControlBlock, move: _ClockMove) -> None:
    """Forward by some seconds, or back to the machine's time; going back step by step would revive what expired."""
    if move.reset == bool(move.advance_s):
        raise PARAM_INVALID.problem('Send either {"advance_s": seconds} or {"reset": true}.')
    if move.reset:
        return block.set_offset_s(0)
    offset_s = block.offset_s() + move.advance_s
    if move.advance_s < 0 or offset_s > _ADVANCE_S_MAX:
        raise PARAM_INVALID.problem(f"The clock moves forward only, up to {_ADVANCE_S_MAX} s ahead in all.")
    block.set_offset_s(offset_s)
    return None


def _reading(clock: Clock, block: ControlBlock, switches: Switches) -> dict[str, Any]:
    """``epoch``: what a party has in memory from an earlier one is of a past that was put away.

    ``weakened`` stands here too, so that an application that follows the clock learns it without another question.
    """
    now_s = clock.now_s()
    return {
        "now": rfc3339(now_s), "now_ms": int(now_s * 1000), "offset_s": clock.offset_s, "epoch": block.epoch,
        "weakened": sorted(switches.weakened()),
    }  # fmt: skip


def _shown(standing: Standing, now_ms: int) -> dict[str, Any]:
    """``met``: calls that it concerned, ``hit``: those among them that it befell; ``state``: at this moment."""
    document: dict[str, Any] = msgspec.to_builtins(standing.fault)
    on = "on" if standing.fault.is_on(now_ms) else "waits"
    state = on if standing.is_in_force(now_ms) else "over"
    return document | {"met": standing.met, "hit": standing.hit, "state": state}


def _body(kind: type[Any]) -> Any:
    try:
        return msgspec.convert(strict_json.parse(request.get_data()), kind)
    except msgspec.ValidationError as error:
        raise PARAM_INVALID.problem(str(error)) from error


def _require_token(token_sha256: str) -> None:
    """The bearer token of this run, compared in constant time."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    presented = hashlib.sha256(token.encode()).hexdigest()
    if not token_sha256 or scheme.lower() != "bearer" or not hmac.compare_digest(presented, token_sha256):
        raise APP_AUTH_FAILED.problem("Send the control token of this run as Authorization: Bearer.")


def _answer(document: dict[str, Any], status: int = 200) -> Response:
    answer = Response(msgspec.json.encode(document), status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
