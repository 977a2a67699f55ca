"""The bank's log: everything of note into its file, warnings also to standard error. Nothing sensitive into either."""

from __future__ import annotations

import logging

from bank_sim.config import Config
from bank_sim.edge.failures import DiscreetFormatter
from bank_sim.sdk.log_lines import JsonLines


def open_log(config: Config) -> None:
    """Before the first thing worth noting. Standard error is for people, however the file is written."""
    # A bank that came back from a backup has none.
    config.log_file.parent.mkdir(mode=0o700, exist_ok=True)
    file = logging.FileHandler(config.log_file)
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    for handler in (file, terminal):
        handler.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
    if config.log_format == "json":
        file.setFormatter(JsonLines("bank"))
    logging.basicConfig(level=logging.INFO, handlers=[file, terminal])
