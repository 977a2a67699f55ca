"""One seed for every source of randomness in the process, for as long as a block runs.

What is seeded: ``secrets``, ``os.urandom``, ``uuid`` and ``random``; libcrypto's generator, from which SM2 draws keys
and nonces; the keys of P-256. ECDSA signs by RFC 6979, which needs no randomness. So the same seed gives the same bytes
on the wire, signatures and sealed fields included. It is for a process that does nothing else meanwhile: what is drawn
here is known to whoever knows the seed.
"""

from __future__ import annotations

import ctypes
import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bank_sim.sdk.protocol import libcrypto, p256

_Fill = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_Add = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_double)
_Status = ctypes.CFUNCTYPE(ctypes.c_int)
# Keys are drawn below the order of P-256 by cutting its highest bits off; that bias does not matter here.
_SCALAR_BYTES = 31


class _Method(ctypes.Structure):
    """OpenSSL's ``RAND_METHOD``: what draws in the place of its own generator."""

    _fields_ = (
        ("seed", _Fill),
        ("bytes", _Fill),
        ("cleanup", ctypes.c_void_p),
        ("add", _Add),
        ("pseudorand", _Fill),
        ("status", _Status),
    )


@contextmanager
def seeded(seed: int) -> Iterator[random.Random]:
    """Draw everything from ``seed``; yields the generator for whoever draws lots beside the parties."""
    drawn, lots = _generator(f"parties {seed}"), _generator(f"lots {seed}")
    state = random.getstate()
    random.seed(seed)
    with ExitStack() as stack:
        for name, owner in (("urandom", os), ("_urandom", random)):
            stack.enter_context(patch.object(owner, name, drawn.randbytes))
        stack.enter_context(patch.object(ec, "generate_private_key", _key_from(drawn.randbytes)))
        by_rfc_6979 = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        stack.enter_context(patch.object(p256, "_ECDSA", by_rfc_6979))
        stack.enter_context(_libcrypto_draws(drawn.randbytes))
        stack.callback(random.setstate, state)
        yield lots


def _generator(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - that it can be foretold is what it is for


def _key_from(draw: Callable[[int], bytes]) -> Callable[..., ec.EllipticCurvePrivateKey]:
    def generate(curve: ec.EllipticCurve, backend: Any = None) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(draw(_SCALAR_BYTES), "big") | 1, curve)

    return generate


@contextmanager
def _libcrypto_draws(draw: Callable[[int], bytes]) -> Iterator[None]:
    def fill(buffer: int, count: int) -> int:
        ctypes.memmove(buffer, draw(count), count)
        return 1

    def ignore(*_: object) -> int:
        return 1

    filling, adding, status = _Fill(fill), _Add(ignore), _Status(ignore)
    method = _Method(_Fill(ignore), filling, None, adding, filling, status)
    set_method = libcrypto._function("RAND_set_rand_method", ctypes.c_int, ctypes.c_void_p)
    set_method(ctypes.byref(method))
    try:
        yield
    finally:
        set_method(None)
