"""Which browser of the Chromium family this machine has, and with what it must be started here.

It looks only where such browsers are installed; it starts none.
"""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
    "brave-browser",
)
# The same engine without windows, and without all that is there for windows: half the work for each page.
_WINDOWLESS_COMMANDS = ("chromium-headless-shell", "chrome-headless-shell")
_APPLICATIONS = ("Chromium", "Google Chrome", "Microsoft Edge", "Brave Browser")


def found(*, windowless: bool = False) -> Path | None:
    """The first one on the search path, or among macOS's applications; None where there is none.

    ``windowless``: one that cannot show a window will do, and is preferred.
    """
    on_path = (shutil.which(each) for each in (*(_WINDOWLESS_COMMANDS if windowless else ()), *_COMMANDS))
    installed = (Path(f"/Applications/{each}.app/Contents/MacOS/{each}") for each in _APPLICATIONS)
    usable = (each for each in installed if os.access(each, os.X_OK))
    return next((Path(each) for each in on_path if each), None) or next(usable, None)


def switches(trusted: Iterable[Path]) -> list[str]:
    """What it is started with: quiet, at home on loopback, and trusting exactly these server certificates.

    ``trusted``: PEM files. Trust by key is this one process's alone; no store of the machine or the user changes, and
    the same browser still refuses every other certificate of the same authority.
    """
    keys = ",".join(_key_sha256(each) for each in trusted)
    return [
        f"--ignore-certificate-errors-spki-list={keys}",
        # RFC 6761 6.3: whatever the resolver says of names below localhost, they are this machine.
        "--host-resolver-rules=MAP *.localhost 127.0.0.1",
        "--no-proxy-server",
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        # Its sandbox needs a user who is not root, and a container's user often is.
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]


def _key_sha256(certificate: Path) -> str:
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    return base64.b64encode(sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()).decode()
