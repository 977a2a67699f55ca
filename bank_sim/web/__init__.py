"""What the pages of the bank's three faces share: language, headers, the published design, the frame around a page.

    language    which language a visitor reads, and how they change it
    policy      the headers that leave a browser no leeway
    hosts       the name that a face answers to, and no other
    strays      what a face says to requests that are for none of its pages
    assets      the design system of ``bank_sim.sdk.browser`` under ``/sdk/``
    frame       the facts that ``templates/web-page.html`` needs: brand, language link, weakened banner
    moments     times as people in China read them
    refusals    what a page says when its handler raises
    ways        how a visitor is sent on after a form

It knows nothing of the bank beyond what is passed in, and answers no question of who may do what.
"""

from bank_sim.web.assets import shared_pages
from bank_sim.web.frame import Frame, frame
from bank_sim.web.hosts import is_own_page
from bank_sim.web.language import HTML_LANGUAGE, Language, choose_language, language_of, local_target
from bank_sim.web.moments import moment
from bank_sim.web.policy import origin_of, page_headers
from bank_sim.web.refusals import refusal_of
from bank_sim.web.strays import refuse_strays
from bank_sim.web.ways import see

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
    "refuse_strays",
    "see",
    "shared_pages",
]
