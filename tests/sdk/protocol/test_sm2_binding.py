"""The binding to libcrypto: found without a dynamic _hashlib too, safe in threads and forks, clean on errors."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from bank_sim.sdk.protocol import libcrypto
from bank_sim.sdk.protocol.libcrypto import LibcryptoError
from bank_sim.sdk.protocol.sm2 import Sm2Private, Sm2Public

WITHOUT_EXTENSION = """
import _hashlib, sys, types
sys.modules["_hashlib"] = types.SimpleNamespace()  # as in a Python that links it statically: no __file__
from bank_sim.sdk.protocol.sm2 import Sm2Private, Sm2Public
key = Sm2Private.generate()
print(Sm2Public(key.point).verify(key.sign(b"message"), b"message"))
"""

WITHOUT_LIBRARY = """
import ctypes
def refuse(name): raise OSError(name)
ctypes.CDLL = refuse
try:
    import bank_sim.sdk.protocol.sm2
except ImportError as error:
    print(error)
"""

IN_TWO_FORKS = """
import os
from bank_sim.sdk.protocol.sm2 import Sm2Private
key = Sm2Private.generate()
key.sign(b"the parent has used its random generator")
for _ in range(2):
    if os.fork() == 0:
        os.write(1, key.sign(b"message").hex().encode() + b"\\n")
        os._exit(0)
    os.wait()
"""


def run(script: str) -> str:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()


def test_libcrypto_is_found_where_python_links_it_statically() -> None:
    assert run(WITHOUT_EXTENSION) == "True"


def test_a_missing_libcrypto_gives_one_clear_line() -> None:
    told = run(WITHOUT_LIBRARY)
    assert "OpenSSL 3" in told
    assert "\n" not in told


def test_two_forked_workers_never_share_a_nonce() -> None:
    first, second = run(IN_TWO_FORKS).split()
    assert first != second


def test_one_key_serves_many_threads_while_others_fail() -> None:
    key = Sm2Private.generate()
    public = Sm2Public(key.point)
    ciphertext = public.encrypt(b"sixteen byte key")

    def work(number: int) -> bool:
        message = number.to_bytes(4, "big")
        signature = key.sign(message)
        held = public.verify(signature, message) and not public.verify(signature, b"other")
        with pytest.raises(LibcryptoError):
            key.decrypt(ciphertext[:-1] + bytes([ciphertext[-1] ^ 1]))
        return held and key.decrypt(ciphertext) == b"sixteen byte key"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(64)))


def test_a_failure_leaves_no_error_behind_for_others() -> None:
    key = Sm2Private.generate()
    for signature in (b"\x30\x06\x02\x01\x01\x02\x01\x01", b"nonsense", b""):
        assert not Sm2Public(key.point).verify(signature, b"message")
        assert libcrypto._err_get_error() == 0
    for failing in (lambda: key.decrypt(b"nonsense"), lambda: Sm2Public(bytes(64)), lambda: Sm2Private.from_pkcs8(b"")):
        with pytest.raises(LibcryptoError) as failed:
            failing()
        assert str(failed.value)
        assert libcrypto._err_get_error() == 0


def test_bytes_behind_a_key_are_refused() -> None:
    with pytest.raises(LibcryptoError, match="bytes follow"):
        Sm2Private.from_pkcs8(Sm2Private.generate().pkcs8() + b"\0")


def test_a_short_point_is_refused_before_it_meets_libcrypto() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        Sm2Public(bytes(63))
