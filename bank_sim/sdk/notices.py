"""What the bank told the application about the end of interfaces, and the signature for the time after it.

It signs one kind of text only: an agreement about the end of a service, with this application, about this version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bank_sim.sdk.authorization import AuthorizationClient
from bank_sim.sdk.credentials import ClientKeys
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.problems import JSON_INVALID, SIGNATURE_INVALID
from bank_sim.sdk.protocol.strict_base64 import from_base64, to_base64

_KIND = "end of service"


@dataclass(frozen=True, slots=True)
class EndNotice:
    """One version that ends: ``subject`` is ``rates.list:1``; ``sunset_at`` RFC 3339, None once it is called off.

    ``document``: the agreement, byte for byte as both sign it, None where there is none; ``signed``: it is signed.
    """

    subject: str
    sunset_at: str | None
    successor: str | None
    document: bytes | None = field(repr=False)
    signed: bool


class EndNotices:
    """The notices of one application, at the bank."""

    def __init__(self, oauth: AuthorizationClient, keys: ClientKeys) -> None:
        self._oauth = oauth
        self._keys = keys

    def all(self) -> list[EndNotice]:
        """The newest first. JSON_INVALID for an answer that lacks something."""
        listed = self._oauth.post("notices").get("notices")
        if not isinstance(listed, list):
            raise JSON_INVALID.problem("The bank's answer lacks notices.")
        return [_notice(each) for each in listed]

    def sign(self, notice: EndNotice) -> None:
        """Sign with the key that is registered now. SIGNATURE_INVALID for any other text: it is not signed."""
        document = notice.document or b""
        said = strict_json.parse_object(document)
        about = (said.get("agreement"), said.get("app_id"), f"{said.get('api_id')}:{said.get('version')}")
        if about != (_KIND, self._oauth.app_id, notice.subject):
            raise SIGNATURE_INVALID.problem(
                "What is to be signed is no agreement of this application about this version."
            )
        self._oauth.post("notices/sign", subject=notice.subject, signature=to_base64(self._keys.signing.sign(document)))


def _notice(given: Any) -> EndNotice:
    if not isinstance(given, Mapping) or not isinstance(given.get("subject"), str):
        raise JSON_INVALID.problem("A notice lacks its subject.")
    agreement = given.get("agreement")
    offered = agreement if isinstance(agreement, Mapping) else {}
    text = offered.get("document")
    return EndNotice(
        given["subject"],
        _text(given, "sunset_at"),
        _text(given, "successor"),
        from_base64(text) if isinstance(text, str) else None,
        _text(offered, "signed_at") is not None,
    )


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    return value if isinstance(value, str) else None
