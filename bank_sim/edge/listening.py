"""Binding a listener's port, before any process forks."""

from __future__ import annotations

import socket

_BACKLOG = 1024


class StartFailed(Exception):
    """The server cannot start. The message is one line for the person who started it."""


def bind(name: str, host: str, port: int) -> socket.socket:
    """A listening socket. ``StartFailed`` names the listener and its port when somebody else has it."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise StartFailed(f"The {name} listener cannot have port {port} on {host}: {error.strerror}.") from error
    return listener
