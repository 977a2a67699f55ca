"""What the pages of the bank's three faces share: language, headers, the published design, the frame around a page.

    language    which language a visitor reads, and how they change it
    policy      the headers that leave a browser no leeway
    assets      the design system of ``bank_sim.sdk.browser`` under ``/sdk/``
    frame       the facts that ``templates/web-page.html`` needs: brand, language link, weakened banner
    moments     times as people in China read them
    refusals    what a page says when its handler raises

It knows nothing of the bank beyond what is passed in, and answers no question of who may do what.
"""

from bank_sim.web.assets import shared_pages
from bank_sim.web.frame import Frame, frame
from bank_sim.web.language import HTML_LANGUAGE, Language, choose_language, language_of, local_target
from bank_sim.web.moments import moment
from bank_sim.web.policy import is_own_page, origin_of, page_headers
from bank_sim.web.refusals import refusal_of

__all__ = [
    "HTML_LANGUAGE",
    "Frame",
    "Language",
    "choose_language",
    "frame",
    "is_own_page",
    "language_of",
    "local_target",
    "moment",
    "origin_of",
    "page_headers",
    "refusal_of",
    "shared_pages",
]
