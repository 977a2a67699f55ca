"""The attacker on the wire: a middlebox that ended the TLS connection and started another one behind it.

Each transport stands where an application's own would, sees what crosses it and may change, keep, repeat or drop it.
None holds a key: whatever a signature or a seal protects, it can break but not forge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx

Wanted = Callable[[httpx.Request], bool]


def calls(method: str, path_end: str) -> Wanted:
    """Picks the requests of one interface: its method and how its path ends."""
    return lambda request: request.method == method and request.url.path.endswith(path_end)


class _Wire(httpx.BaseTransport):
    """What every middlebox has: the way on to the bank."""

    def __init__(self, onward: httpx.BaseTransport) -> None:
        self.onward = onward

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.onward.handle_request(request)

    def close(self) -> None:
        self.onward.close()

    def exchange(self, request: httpx.Request) -> httpx.Response:
        """Send onward and read the whole answer, so that it can be kept and handed out again."""
        answer = self.onward.handle_request(request)
        try:
            body = answer.read()
        finally:
            answer.close()
        # The body is read and decoded: handed on under its decoded length, whatever coding it came in.
        recoded = (b"content-encoding", b"content-length")
        headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in recoded]
        return httpx.Response(answer.status_code, headers=headers, content=body)


@dataclass(frozen=True, slots=True)
class Message:
    """One exchange as it crossed the wire."""

    request: httpx.Request
    body: bytes
    answer: httpx.Response


class Record(_Wire):
    """Changes nothing and keeps everything: shows what somebody who broke TLS would read."""

    def __init__(self, onward: httpx.BaseTransport) -> None:
        super().__init__(onward)
        self.messages: list[Message] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        answer = self.exchange(request)
        self.messages.append(Message(request, body, answer))
        return answer


class Tamper(_Wire):
    """Changes the body of the wanted requests; every header stays as signed but those that ``headers`` makes anew."""

    def __init__(
        self,
        onward: httpx.BaseTransport,
        wanted: Wanted,
        change: Callable[[bytes], bytes],
        headers: Callable[[bytes], dict[str, str]] = lambda _: {},
    ) -> None:
        super().__init__(onward)
        self._wanted, self._change, self._headers = wanted, change, headers
        self.changed: list[Message] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        if not self._wanted(request):
            return self.onward.handle_request(request)
        forged_body = self._change(body)
        headers = dict(request.headers) | {"content-length": str(len(forged_body))} | self._headers(forged_body)
        shown = request.extensions
        forged = httpx.Request(request.method, request.url, headers=headers, content=forged_body, extensions=shown)
        answer = self.exchange(forged)
        self.changed.append(Message(forged, forged_body, answer))
        return answer


class Replay(_Wire):
    """Lets everything pass and keeps the wanted requests, to send them once more, byte for byte."""

    def __init__(self, onward: httpx.BaseTransport, wanted: Wanted) -> None:
        super().__init__(onward)
        self._wanted = wanted
        self.captured: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if self._wanted(request):
            self.captured.append(request)
        return self.onward.handle_request(request)

    def again(self) -> httpx.Response:
        """Send the newest captured request a second time."""
        return self.exchange(self.captured[-1])


class Drop(_Wire):
    """Delivers the wanted requests and loses their answers: the sender cannot know what became of them."""

    def __init__(self, onward: httpx.BaseTransport, wanted: Wanted, times: int = 1) -> None:
        super().__init__(onward)
        self._wanted, self._remaining = wanted, times

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.onward.handle_request(request)
        if self._remaining and self._wanted(request):
            self._remaining -= 1
            answer.close()
            raise httpx.ReadTimeout("the answer was lost on the way", request=request)
        return answer


class Splice(_Wire):
    """Answers a wanted request with the answer of an earlier one: genuine, signed, and not meant for it."""

    def __init__(self, onward: httpx.BaseTransport, wanted: Wanted) -> None:
        super().__init__(onward)
        self._wanted = wanted
        self._earlier: httpx.Response | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self._wanted(request):
            return self.onward.handle_request(request)
        answer = self.exchange(request)
        earlier, self._earlier = self._earlier, answer
        return answer if earlier is None else earlier
