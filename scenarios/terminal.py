"""What the command line looks like: colour, rules and tables where the terminal has them, plain text elsewhere.

``rich`` itself heeds NO_COLOR and TERM; what is not a terminal (a pipe, a log of CI) gets neither colour nor boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_PLAIN = 110


class Terminal:
    """Where a command writes for people."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.plain = not console.is_terminal or console.is_dumb_terminal

    def line(self, text: str = "", style: str = "") -> None:
        self.console.print(Text(text, style), soft_wrap=True)

    @staticmethod
    def padded(text: str, cells: int) -> str:
        """Blanks added up to a width in cells; a Chinese character takes two."""
        return text + " " * max(0, cells - cell_len(text))

    def warning(self, text: str) -> None:
        self.line(f"!! {text}", "bold red")

    @contextmanager
    def busy(self, text: str) -> Iterator[Callable[[], None]]:
        """Say that something takes a moment, with a spinner on a terminal; call the result when it is done."""
        if self.plain:
            self.line(text)
            yield lambda: None
            return
        status = self.console.status(text)
        status.start()
        try:
            yield status.stop
        finally:
            status.stop()

    def heading(self, text: str) -> None:
        """The start of a part: a rule across a terminal, an underlined line in plain text."""
        if self.plain:
            self.line()
            self.line(f"== {text}")
        else:
            self.console.print()
            self.console.rule(Text(text, "bold"), align="left")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        table = Table(box=None if self.plain else SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.console.print(table)


def terminal() -> Terminal:
    """The terminal on standard output."""
    console = Console(highlight=False)
    return Terminal(console if console.is_terminal else Console(highlight=False, width=WIDTH_PLAIN))
