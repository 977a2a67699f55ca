"""People at the bank's developer portal: who asks to be admitted, hands in, proves, signs, collects; who develops.

They do what its pages offer and nothing past them. Their keys are their own and never go into a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bank_sim.admission.credit_code import is_id_number
from bank_sim.admission.questionnaire import DIMENSIONS, MEASURES
from bank_sim.admission.registers import REGISTER, Company
from bank_sim.sdk.admission import prove_possession, sign_agreement
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate
from bank_sim.sdk.server import ClientCertificate
from scenarios.partner import Admitted, Partner
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.texts import Text
from user_sim.forms import Form
from user_sim.http_browser import opener

if TYPE_CHECKING:
    from scenarios.stage import Stage
    from user_sim.browser import Browser, Page

APIS = ("products.list", "accounts.list", "accounts.balance", "transfers.create")
"""What an applicant needs, each with a reason: no more than that."""
UNTIL, WHY = "2040-12-31", "drill: looked at everything"
HONEST = next(each for each in REGISTER.values() if each.listed is None)


@dataclass(slots=True)
class Applicant:
    """Somebody who applies for ``company``; gone when the scenario ends. ``page``: what the portal showed last."""

    company: Company
    suite: str
    redirect_uri: str
    portal: str
    browser: Browser
    apis: tuple[str, ...] = APIS
    signing: PrivateKey = field(init=False)
    opening: PrivateKey = field(init=False)
    case_id: str = ""

    def __post_init__(self) -> None:
        self.signing, self.opening = generate(self.suite, "sig"), generate(self.suite, "enc")

    def enquire(self) -> Page:
        page = self._send("/apply", ("company", "purpose"), {"company": self.company.name, "purpose": "商户记账"})
        self.case_id = next(word for line in page.document.lines for word in line.split() if word.startswith("case_"))
        return page

    def see(self) -> Page:
        """The case as it stands."""
        return self.browser.open(f"{self.portal}/apply/case")

    def answer(self, **changes: str) -> Page:
        """Hand in the questionnaire; ``changes`` by field."""
        typed: dict[str, Any] = {
            "app_name": "Clearbook",
            "app_name_zh": "晴川记账",
            "suite": self.suite,
            "redirect_uri": self.redirect_uri,
            "calls_day": "10000",
            "calls_minute": "60",
            **{f"described.{each}": "五千家小微商户，实名登记" for each in DIMENSIONS},
            **{f"grade.{each}": "4" for each in DIMENSIONS},
            **{f"why.{each}": "自动生成日记账" for each in self.apis},
        }
        ticked = {"measure": [name for each in MEASURES.values() for name in each], "api": list(self.apis)}
        return self._send("/apply/case", ("app_name", "calls_day"), {**typed, **ticked, **changes})

    def hand_in_papers(self, until: str, **changes: str) -> Page:
        """``until``: the last day of their validity; ``changes`` by field."""
        typed: dict[str, str] = {}
        for kind, (holder, number) in self._papers().items():
            typed |= {f"{kind}.holder": holder, f"{kind}.number": number, f"{kind}.until": until}
            typed[f"{kind}.document_sm3"] = "5a" * 32
        return self._send("/apply/case", ("business_licence.number",), typed | changes)

    def hand_in_keys(self, certificate_request: str = "") -> Page:
        """``certificate_request``: a PKCS #10 request (PEM), where a TLS client certificate is wanted as well."""
        jwks = json.dumps({"keys": [self.signing.public.jwk(), self.opening.public.jwk()]})
        return self._send("/apply/case", ("jwks",), {"jwks": jwks, "certificate_request_pem": certificate_request})

    def certificate(self) -> str:
        """The TLS client certificate (PEM) that the case's page shows."""
        begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
        # Pages are read as text that flows; in PEM line breaks count.
        inside = self.see().text.partition(begin)[2].partition(end)[0]
        return "\n".join([begin, *inside.split(), end, ""])

    def prove_keys(self, signing: PrivateKey | None = None) -> Page:
        """``signing``: another key, for those who do not have the one they handed in."""
        asked = json.loads(self.browser.open(f"{self.portal}/apply/case/challenge.txt").text)
        key = signing or self.signing
        proof = prove_possession(key, self.opening, self.case_id, asked["nonce"], asked["sealed"])
        return self._send("/apply/case", ("statement",), {"statement": proof})

    def sign(self, signing: PrivateKey | None = None) -> Page:
        text = self.browser.open(f"{self.portal}/apply/case/agreement.txt").text.encode()
        statement = sign_agreement(signing or self.signing, self.case_id, text)
        return self._send("/apply/case", ("statement",), {"statement": statement})

    def collect(self) -> dict[str, Any] | None:
        """The credentials, from the page that shows them once; None where the portal has none to give."""
        form = next((each for each in self.see().document.forms if each.action.endswith("/credentials")), None)
        if form is None:
            return None
        page = self.browser.submit(form, {})
        text = page.text
        return dict(json.loads(text[text.index("{") : text.rindex("}") + 1]))

    def collect_early(self) -> Page:
        """The same by a form made by hand, where the portal offers none."""
        asked = next(each for each in self.see().document.forms if each.has("csrf"))
        csrf = next(each for each in asked.controls if each.name == "csrf")
        return self.browser.submit(Form("/apply/case/credentials", "POST", [csrf]), {})

    def _papers(self) -> Mapping[str, tuple[str, str]]:
        number = next(each for each in (f"99010119900101001{last}" for last in "0123456789X") if is_id_number(each))
        return {
            "business_licence": (self.company.name, self.company.credit_code),
            "qualification": (self.company.name, "ICP-990101-0001"),
            "legal_person": (self.company.legal_person, number),
            "developer": ("程予安", number),
        }

    def _send(self, path: str, names: tuple[str, ...], answers: Mapping[str, Any]) -> Page:
        form = self.browser.open(f"{self.portal}{path}").form_with(*names)
        assert form is not None, f"the portal asks for no {names[0]} now"
        return self.browser.submit(form, answers)


def applicant(stage: Stage, company: Company = HONEST, apis: tuple[str, ...] = APIS) -> Applicant:
    """Somebody in front of the portal, at the beginning."""
    world = stage.world
    browser = (stage.browsers or opener(world.authority))("computer", stage.languages, stage.on_visit)
    stage.closing.callback(browser.close)
    redirect_uri = f"https://{_host(stage)}.localhost/callback"
    return Applicant(company, world.plan.suite, redirect_uri, world.addresses.portal, browser, apis)


def partner_of(
    stage: Stage, someone: Applicant, credentials: Mapping[str, Any], certificate: ClientCertificate | None = None
) -> Partner:
    """The applicant's program, with the credentials that it collected."""
    world, admitted = stage.world, Admitted(credentials, someone.signing, someone.opening, certificate)
    partner = Partner(_host(stage), someone.suite, world.addresses, world.control, world.authority, admitted)
    stage.closing.callback(partner.close)
    return partner


def developer_of(stage: Stage, partner: Partner) -> Browser:
    """The partner's developer, signed in at the portal."""
    world = stage.world
    browser = (stage.browsers or opener(world.authority))("computer", stage.languages, stage.on_visit)
    stage.closing.callback(browser.close)
    form = browser.open(f"{world.addresses.portal}/sign-in").form_with("app_id", "app_secret")
    assert form is not None, "the portal shows no sign-in"
    secret = str(partner.admitted.credentials["app_secret"])
    browser.submit(form, {"app_id": partner.app_id, "app_secret": secret})
    return browser


def in_the_test_environment(stage: Stage, apis: tuple[str, ...]) -> Partner:
    """Everything in order, by applicant and staff, until the credentials for the test environment are collected."""
    operator, reviewer, someone = at_work(stage, "operator"), at_work(stage, "reviewer"), applicant(stage, apis=apis)
    someone.enquire()
    someone.answer()
    someone.hand_in_papers(UNTIL)
    operator.act("verify_materials", someone.case_id, WHY)
    return admitted(stage, someone, operator, reviewer)


def admitted(stage: Stage, someone: Applicant, operator: StaffDesk, reviewer: StaffDesk) -> Partner:
    """From verified papers to the credentials for the test environment."""
    for action in ("assess_case", "propose_admission"):
        operator.act(action, someone.case_id, WHY)
    reviewer.act("approve_proposal", proposal_about(reviewer, someone.case_id), WHY)
    someone.hand_in_keys()
    someone.prove_keys()
    operator.act("draw_up_agreement", someone.case_id, WHY)
    someone.sign()
    reviewer.act("countersign_agreement", someone.case_id, WHY)
    credentials = someone.collect()
    stage.require(credentials is not None, Text("admitted to the test environment", "已获准进入测试环境"))
    return partner_of(stage, someone, credentials or {})


def proposal_about(desk: StaffDesk, case_id: str) -> str:
    """The open proposal about a case, as its page links it for those who may decide."""
    links = [link.href for link in desk.see(f"/admission/{case_id}").document.links]
    return next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]


def _host(stage: Stage) -> str:
    return f"clearbook-{stage.user.person_id}"
