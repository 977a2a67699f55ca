"""A developer's browser on the portal: cookies and forms, and no redirect followed by itself."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

from tests.branch import Reply, browse
from tests.portal.office import Office

PORTAL = "portal.localhost:8445"


class Developer:
    def __init__(self, office: Office, language: str = "en", source: str = "127.0.0.1") -> None:
        self.office = office
        self.language = language
        self.source = source
        self.cookies: dict[str, str] = {}
        self.page = Reply(0, [], b"")
        # As browsers send it with a form of the site's own.
        self.site = "same-origin"

    def get(self, target: str) -> Reply:
        return self._go("GET", target, b"")

    def post(self, target: str, fields: list[tuple[str, str]] | dict[str, str]) -> Reply:
        return self._go("POST", target, urlencode(fields).encode())

    def submit(self, action: str, **fields: str) -> Reply:
        """Fill in the form of the current page that leads to ``action``, and send it. ``__`` in names is a dot."""
        form = self.page.text.partition(f'action="{action}"')[2].partition("</form>")[0]
        assert form, f"no form leads to {action}: {self.page.status} {self.page.text[:400]}"
        given = {name.replace("__", "."): value for name, value in fields.items()}
        return self.post(action, [*((n, v) for n, v in fields_of(form) if n not in given), *given.items()])

    def follow(self) -> Reply:
        assert self.page.status == 303, self.page.text
        return self.get(self.page.header("location"))

    def make_application(self, suite: str = "intl", profile: str = "payments") -> Reply:
        """A test application, its credentials shown."""
        self.get("/register")
        self.submit("/register", name="Try", suite=suite, profile=profile)
        return self.follow()

    def call(self, api_id: str, **fields: str) -> Reply:
        """Try an interface with the form as it is filled, and what is given here; the exchange's page."""
        self.get(f"/try/{api_id}")
        self.submit(f"/try/{api_id}", **({"act": "send"} | fields))
        return self.follow()

    @property
    def code(self) -> str | None:
        """The refusal that an exchange's page shows."""
        found = re.search(r"<strong>\d{3} <code>(\w+)</code>", self.page.text)
        return found[1] if found else None

    def block(self, name: str) -> str:
        """A block of code of the page, by its name."""
        found = re.search(rf'<pre class="code"[^>]*aria-label="{name}"[^>]*>(.*?)</pre>', self.page.text, re.DOTALL)
        assert found, name
        return html.unescape(found[1])

    def _go(self, method: str, target: str, body: bytes) -> Reply:
        headers = [("host", PORTAL), ("accept-language", self.language)]
        if method == "POST":
            headers.append(("sec-fetch-site", self.site))
        self.page = browse(self.office.portal, method, target, headers, body, cookies=self.cookies, source=self.source)
        return self.page


def fields_of(form: str) -> list[tuple[str, str]]:
    """What a browser would send of a form that nobody touched."""
    found = []
    for tag in re.findall(r"<(?:input)[^>]*>", form):
        given = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if given.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        found.append((given["name"], given.get("value", "")))
    for name, inside in re.findall(r'<select id="[^"]*" name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        options = re.findall(r"<option([^>]*)>([^<]*)", inside)
        chosen = next((each for each in options if " selected" in each[0]), options[0])
        value = re.search(r'value="([^"]*)"', chosen[0])
        found.append((name, html.unescape(value[1] if value else chosen[1])))
    return found
