"""How a person reads drawn digits: by their shape, and by knowing that a keypad shows each digit once.

Pure: looks at brightness, knows nothing of pages. The shapes are those that everybody learnt at school.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from user_sim.pixels import Rows

_WIDTH, _HEIGHT = 10, 16
# An inked pixel differs at least so much from what it is drawn on.
_CONTRAST = 70
_SHAPES = (
    "...####... ..##..##.. .##....##. .#......#. ##......## #........# #........# #........# "
    "#........# #........# #........# ##......## .#......#. .##....##. ..##..##.. ...####...",
    "......##.. ....####.. ..##..##.. ##....##.. ......##.. ......##.. ......##.. ......##.. "
    "......##.. ......##.. ......##.. ......##.. ......##.. ......##.. ......##.. ......##..",
    "...####... .##....##. ##......## #........# .........# .........# ........## .......##. "
    "......##.. .....##... ....##.... ..##...... .##....... ##........ #......... ##########",
    ".#######.. ##.....##. .........# .........# .........# .........# .......##. ....####.. "
    ".......##. ........## .........# .........# .........# #.......## .##....##. ..#####...",
    ".......##. ......###. .....#.##. ....##.##. ....#..##. ...##..##. ..##...##. ..#....##. "
    ".##....##. ##.....##. ########## .......##. .......##. .......##. .......##. .......##.",
    "..#######. ..#....... .##....... .#........ .#........ .#.####... .##...##.. ##.....##. "
    "........## .........# .........# .........# .........# #.......## ##.....##. ..#####...",
    "...#####.. ..##...##. .##....... ##........ #......... #......... #..####... #.##..##.. "
    "###.....#. ##......## #........# #........# ##......## .#......#. .##....##. ...####...",
    "########## .........# ........## ........#. ........#. .......##. .......#.. ......##.. "
    "......#... .....##... .....#.... ....##.... ....#..... ...##..... ...#...... ..##......",
    "...####... .##....##. .#......#. .#......#. .#......#. .##....##. ...#..#... ..######.. "
    ".##....##. ##......## #........# #........# #........# ##......## .##....##. ...####...",
    "...####... .##....##. .#......#. ##......## #........# #........# ##......## .##...##.# "
    "..####...# .........# .........# ........## ........#. .......##. .##...##.. ..#####...",
)


def read(keys: Sequence[Rows]) -> list[int]:
    """The digit on each of ten keys, each digit once. ValueError when a key shows nothing."""
    seen = [_seen(key) for key in keys]
    return _assigned([[_likeness(each, shape) for shape in _learnt()] for each in seen])


def _seen(key: Rows) -> list[float]:
    """The inked part of a key, whatever its size and place, as a coarse and slightly blurred picture."""
    ground = Counter(value for row in key for value in row).most_common(1)[0][0]
    inked = [
        (x, y, abs(value - ground))
        for y, row in enumerate(key)
        for x, value in enumerate(row)
        if abs(value - ground) > _CONTRAST
    ]
    if not inked:
        raise ValueError("a key shows nothing")
    left, right = min(x for x, _, _ in inked), max(x for x, _, _ in inked) + 1
    top, bottom = min(y for _, y, _ in inked), max(y for _, y, _ in inked) + 1
    grid = [0.0] * (_WIDTH * _HEIGHT)
    # A thin digit must not be stretched: it keeps at least a third of its height as width.
    width = max(right - left, (bottom - top) // 2)
    left -= (width - (right - left)) // 2
    for x, y, ink in inked:
        column = min(_WIDTH - 1, (x - left) * _WIDTH // width)
        line = min(_HEIGHT - 1, (y - top) * _HEIGHT // (bottom - top))
        grid[line * _WIDTH + column] += ink
    return _blurred(grid)


@cache
def _learnt() -> tuple[list[float], ...]:
    return tuple(_blurred([float(mark == "#") for mark in shape.replace(" ", "")]) for shape in _SHAPES)


def _blurred(grid: Sequence[float]) -> list[float]:
    """Each cell with its neighbours', so that a stroke beside the expected place still counts; of length one."""
    out = []
    for line in range(_HEIGHT):
        for column in range(_WIDTH):
            near = [
                grid[y * _WIDTH + x] * (4 if (x, y) == (column, line) else 2 if column == x or line == y else 1)
                for y in range(max(0, line - 1), min(_HEIGHT, line + 2))
                for x in range(max(0, column - 1), min(_WIDTH, column + 2))
            ]
            out.append(sum(near))
    length = sum(value * value for value in out) ** 0.5 or 1.0
    return [value / length for value in out]


def _likeness(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _assigned(likeness: Sequence[Sequence[float]]) -> list[int]:
    """The assignment of different digits to the keys that is most like all together: best sum over sets of digits."""
    best: dict[frozenset[int], tuple[float, list[int]]] = {frozenset(): (0.0, [])}
    for row in likeness:
        following: dict[frozenset[int], tuple[float, list[int]]] = {}
        for used, (total, digits) in best.items():
            for digit in range(len(row)):
                if digit in used:
                    continue
                candidate = (total + row[digit], [*digits, digit])
                grown = used | {digit}
                if grown not in following or candidate[0] > following[grown][0]:
                    following[grown] = candidate
        best = following
    return max(best.values(), key=lambda pair: pair[0])[1]
