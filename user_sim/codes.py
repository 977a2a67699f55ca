"""How a person spots the code in a message: six digits that stand alone, not part of an amount or account number."""

from __future__ import annotations

import re

CODE = re.compile(r"(?<![\d.,*-])(\d{6})(?![\d.,*-]*\d)", re.ASCII)
