"""A server made of the edge's real parts around a WSGI application that says what reached it.

Run as a program with one JSON argument; its supervisor stops at end-of-file on standard input.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from bank_sim.edge.listening import StartFailed, bind
from bank_sim.edge.mishaps import NAME, Mishap
from bank_sim.edge.refusals import Refusal
from bank_sim.edge.serving import Door, serve
from bank_sim.edge.tls import server_context
from bank_sim.edge.workers import Role, Supervisor
from bank_sim.policy import Policy

SECRET = "6222020000000000000"
# Of this process: answers to /mishap that have not left, nor come to their end otherwise.
WAITING: list[str] = []


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/boom":
        raise ValueError(f"could not post {SECRET}")
    if path == "/mishap":
        waits_ms, ending = environ["QUERY_STRING"].split("&")
        environ[NAME] = Mishap(int(waits_ms), ending)  # type: ignore[arg-type]
        WAITING.append(ending)
        environ["sandbox.afterwards"].append(WAITING.pop)
    if path == "/slow":
        time.sleep(0.5)
    if path == "/large":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "200000")])
        return [b"x" * 200_000]
    if path == "/die":
        os._exit(9)
    body = environ["wsgi.input"].read()
    certificate = environ["sandbox.peer_certificate"]
    facts = {
        "pid": os.getpid(),
        "waiting": len(WAITING),
        "method": environ["REQUEST_METHOD"],
        "path": path,
        "raw_path": environ["sandbox.raw_path"],
        "query": environ["QUERY_STRING"],
        "headers": [
            [name.decode("latin-1"), value.decode("latin-1")] for name, value in environ["sandbox.raw_headers"]
        ],
        "variables": {name: value for name, value in environ.items() if name.startswith(("HTTP_", "CONTENT_"))},
        "certificate_bytes": None if certificate is None else len(certificate),
        "received_ns_ago": time.perf_counter_ns() - environ["sandbox.received_ns"],
        "body": body.decode("latin-1"),
    }
    content = json.dumps(facts).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
    return [content]


def main(arguments: dict[str, Any]) -> int:
    logging.basicConfig(filename=arguments["log"], level=logging.INFO)
    policy = msgspec.convert(arguments["policy"], Policy)
    context = server_context(
        Path(arguments["certificate"]), Path(arguments["key"]), b"a passphrase for a test", Path(arguments["ca"])
    )
    try:
        sockets = [
            bind(name, "127.0.0.1", port) for name, port in zip(("first", "second"), arguments["ports"], strict=True)
        ]
    except StartFailed as error:
        print(error, flush=True)
        return 1

    def report(refusal: Refusal) -> None:
        facts = {
            "code": refusal.problem.code,
            "trace_id": refusal.trace_id,
            "method": refusal.method,
            "path": refusal.path,
            "source": refusal.source,
            "elapsed_us": refusal.elapsed_us,
        }
        with Path(arguments["reports"]).open("a") as file:
            file.write(json.dumps(facts) + "\n")

    def role(name: str, socket_index: int) -> Role:
        def run(lifeline: int, ready: Callable[[], None]) -> None:
            door = Door(name, sockets[socket_index], context, application, report)
            asyncio.run(serve([door], policy, lifeline, ready))

        return Role(name, run)

    roles = [role("first 1", 0), role("first 2", 0), role("second", 1)]
    Supervisor(roles, ready=lambda: print("ready", flush=True), watched=0).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
