"""The authority's desk: how another command of the same owner gets a certificate request signed.

The authority's key opens only in the process that started the sandbox. A request is laid as a file into the home,
which nobody else may enter; the running sandbox signs it and lays the certificate beside it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from scenarios.authority import Authority
from scenarios.failures import BrokenSurroundings
from scenarios.home import Home

PATIENCE_S = 5.0
_GLANCE_S = 0.05
_REQUEST_BYTES_MAX = 64 * 1024


def _folder(home: Home) -> Path:
    return home.authority / "requests"


class Desk:
    """The running sandbox's side: ``attend`` now and then."""

    def __init__(self, home: Home, authority: Authority) -> None:
        self._folder = _folder(home)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._authority = authority

    def attend(self) -> None:
        """Sign what lies there; a request that cannot be signed gets its refusal in writing.

        Never raises for what the folder holds: the sandbox goes on whatever is laid before it.
        """
        # One that cannot be read, answered or taken away is for its owner to mend, who waits in vain and is told so.
        with suppress(OSError):
            for request in self._folder.glob("*.csr"):
                # Only plain files: reading a pipe would wait for ever.
                if request.is_file():
                    with suppress(OSError):
                        self._answer(request)

    def issue_server(self, folder: Path, stem: str, hosts: Sequence[str], passphrase: bytes, now: datetime) -> None:
        """A certificate for a listener of the sandbox's own process, as ``Authority.issue_server`` writes it."""
        self._authority.issue_server(folder, stem, hosts, passphrase, now)

    def _answer(self, request: Path) -> None:
        try:
            answer, content = request.with_suffix(".crt"), self._certificate(request)
        except BrokenSurroundings as refusal:
            answer, content = request.with_suffix(".refused"), str(refusal).encode()
        _lay(answer, content)
        # The command that asked may have lost patience at this moment and taken it away.
        request.unlink(missing_ok=True)

    def _certificate(self, request: Path) -> bytes:
        if request.stat().st_size > _REQUEST_BYTES_MAX:
            raise BrokenSurroundings("The file is too large for a certificate signing request.")
        return self._authority.issue_client(request.read_bytes(), datetime.now(UTC))


def certificate_for(home: Home, request_pem: bytes) -> bytes:
    """Lay a request down and wait for its certificate (PEM)."""
    name = secrets.token_hex(8)
    request = _folder(home) / f"{name}.csr"
    _lay(request, request_pem)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if (certificate := request.with_suffix(".crt")).exists():
            return _taken(certificate)
        if (refusal := request.with_suffix(".refused")).exists():
            raise BrokenSurroundings(_taken(refusal).decode())
        time.sleep(_GLANCE_S)
    request.unlink(missing_ok=True)
    raise BrokenSurroundings(f"The sandbox in {home.path} does not sign certificate requests; is it running?")


def _lay(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".new")
    draft.write_bytes(content)
    draft.rename(path)


def _taken(path: Path) -> bytes:
    content = path.read_bytes()
    path.unlink()
    return content
