"""The application's side of the embedded form: the bank's keypad in a frame of the application's own page.

    request_uri = oauth.push_authorization_request(...)          as for any payment
    form = embedded.open(request_uri)                            show <iframe src=form.frame_url>
    … the frame posts {"type": "bank-embedded-proof", "sealed": "…"} to the page around it …
    step = embedded.hand_over(form.session, sealed)              "otp", "device": show the frame again
                                                                 "done": redeem step.code

What is sealed was sealed in the user's browser to the bank: an application relays it and cannot open it (JR/T 0185
9.3.3-2.2.1). The page must take messages of the bank's origin and of its own frame only. ``docs/wire.md`` has the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from bank_sim.sdk.authorization import AuthorizationClient
from bank_sim.sdk.protocol.problems import ISS_MISMATCH, JSON_INVALID

Next = Literal["otp", "device", "done"]


@dataclass(frozen=True, slots=True)
class EmbeddedForm:
    """An opened form. ``session`` is the application's secret; ``frame_url`` is for this user's browser alone.

    ``frame_origin`` is what the page's ``frame-src`` must allow, and whose messages it may believe. ``expires_s`` is
    in seconds since the epoch.
    """

    session: str = field(repr=False)
    frame_url: str = field(repr=False)
    expires_s: float

    @property
    def frame_origin(self) -> str:
        parts = urlsplit(self.frame_url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class EmbeddedStep:
    """What comes next: ``otp``, ``device``: the same frame again; ``done``: ``code`` and ``state`` as of a callback."""

    next: Next
    code: str | None = field(default=None, repr=False)
    state: str | None = None


class EmbeddedForms:
    """The embedded form of one bank, for one application. Every method raises ``Problem``.

    A refusal that the user can mend (LOGIN_FAILED, OTP_INVALID, KEYPAD_INVALID, NOTICE_REQUIRED, CONSENT_REQUIRED,
    APPROVAL_PENDING) leaves the form open: show the frame again, which holds a fresh keypad. SESSION_EXPIRED,
    TRANSFER_EXPIRED and the like end it.
    """

    def __init__(self, oauth: AuthorizationClient) -> None:
        self._oauth = oauth

    def open(self, request_uri: str, language: str | None = None) -> EmbeddedForm:
        """Open the form for a pushed payment of one transfer, once. ``language``: ``zh`` or ``en`` for the frame."""
        asked = {"ui_locales": language} if language else {}
        answer = self._oauth.post("embedded", request_uri=request_uri, **asked)
        expires_in_s = answer.get("expires_in")
        if not isinstance(expires_in_s, int):
            raise JSON_INVALID.problem("The bank's answer lacks expires_in.")
        now_s = self._oauth.now_s()
        return EmbeddedForm(_text(answer, "embedded_session"), _text(answer, "frame_url"), now_s + expires_in_s)

    def hand_over(self, session: str, sealed: str) -> EmbeddedStep:
        """Relay what the frame sealed."""
        return self._step(self._oauth.post("embedded/proof", embedded_session=session, sealed=sealed))

    def send_again(self, session: str, language: str | None = None) -> EmbeddedStep:
        """Have a new code sent to the user's phone: OTP_TOO_FREQUENT within a minute of the last."""
        asked = {"ui_locales": language} if language else {}
        return self._step(self._oauth.post("embedded/proof", embedded_session=session, send_again="true", **asked))

    def _step(self, answer: Mapping[str, Any]) -> EmbeddedStep:
        following = answer.get("next")
        if following == "otp" or following == "device":
            return EmbeddedStep(following)
        if following != "done":
            raise JSON_INVALID.problem("The bank's answer names no step that this build knows.")
        if answer.get("iss") != self._oauth.issuer:
            raise ISS_MISMATCH.problem()
        return EmbeddedStep("done", _text(answer, "code"), answer.get("state"))


def _text(answer: Mapping[str, Any], member: str) -> str:
    value = answer.get(member)
    if not isinstance(value, str):
        raise JSON_INVALID.problem(f"The bank's answer lacks {member}.")
    return value
