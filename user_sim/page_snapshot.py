"""What a real browser shows, handed to the reader that reads plain HTML: its page as it stands, without what is unseen.

Forms stay whole and in their order, so that the n-th form read is the n-th form of the page. An on-screen keypad is
read as the one field that it is to a person, named after what its label asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from user_sim import pages

if TYPE_CHECKING:
    from playwright.sync_api import Frame

# Text that is not rendered is no text to a person, but for what a click on a summary unfolds. Scripts run here, so
# what stands in noscript does not exist.
_SHOWN = """() => {
  const copy = document.documentElement.cloneNode(true);
  const seen = [...document.documentElement.querySelectorAll('*')];
  const copied = [...copy.querySelectorAll('*')];
  const gone = (element) => element.localName === 'noscript' || (
    document.body.contains(element) && !element.closest('form') && !element.querySelector('form')
    && !element.closest('details:not([open])') && !element.closest('svg')
    && getComputedStyle(element).display !== 'contents' && !element.checkVisibility());
  seen.forEach((element, index) => { if (gone(element)) copied[index].remove(); });
  for (const keypad of copy.querySelectorAll('[data-keypad]')) {
    const field = document.createElement('input');
    const label = keypad.querySelector('.label')?.textContent ?? '';
    field.setAttribute('type', 'keypad');
    field.setAttribute('required', '');
    field.setAttribute('name', /验证码|code/i.test(label) ? 'otp' : 'password');
    keypad.replaceWith(field);
  }
  return copy.outerHTML;
}"""


def shown(frame: Frame) -> pages.Document:
    """The content of a page or of a frame in it, as read by ``pages``."""
    return pages.read(str(frame.evaluate(_SHOWN)))
