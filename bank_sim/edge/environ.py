"""The WSGI environment of a request (PEP 3333), made from its ASGI scope. It judges nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, MutableMapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
Scope = MutableMapping[str, Any]

_VARIABLES: dict[bytes, str] = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
# Names that attackers make up must not fill the memory.
_VARIABLES_MAX = 512


def environ_of(scope: Scope, body: bytes, afterwards: list[Callable[[], None]]) -> Environ:
    """The WSGI environment (PEP 3333), and beside it what WSGI has no name for:

    - ``sandbox.raw_headers``: all headers in order as (lower-case name, value) bytes, repeated ones included;
    - ``sandbox.raw_path``: the path of the request target as it stood on the wire, as signatures cover it;
    - ``sandbox.peer_certificate``: the client's verified certificate as DER, or None;
    - ``sandbox.received_ns``: ``time.perf_counter_ns()`` of the request's first byte;
    - ``sandbox.connection``: the ``Connection`` that it came on;
    - ``sandbox.afterwards``: a list of functions that are called once the answer has left, or never will.

    A header with an underscore in its name is left out of the ``HTTP_`` variables, where it could pass for another.
    """
    raw_path: bytes = scope["raw_path"]
    path = unquote_to_bytes(raw_path) if b"%" in raw_path else raw_path
    client, server, state = scope.get("client") or ("", 0), scope.get("server") or ("", 0), scope["state"]
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": "HTTP/" + scope["http_version"],
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "sandbox.raw_headers": scope["headers"],
        "sandbox.raw_path": raw_path.decode("latin-1"),
        "sandbox.peer_certificate": state["peer_certificate"],
        "sandbox.received_ns": state["received_ns"],
        "sandbox.connection": state["connection"],
        "sandbox.afterwards": afterwards,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue
        name, value = _variable(raw_name), raw_value.decode("latin-1")
        # RFC 9110 section 5.3: repeated fields are one list, except cookies, whose separator is another.
        environ[name] = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}" if name in environ else value
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _variable(raw_name: bytes) -> str:
    name = _VARIABLES.get(raw_name)
    if name is None:
        name = "HTTP_" + raw_name.decode("latin-1").upper().replace("-", "_")
        if len(_VARIABLES) < _VARIABLES_MAX:
            _VARIABLES[raw_name] = name
    return name
