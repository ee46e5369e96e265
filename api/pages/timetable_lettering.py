"""Japanese text set into a box: how wide it is, where its lines break, and the largest size that fits.

https://www.w3.org/TR/jlreq/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, combining, east_asian_width

LEADING = 1.25
"""The distance of two lines, in sizes."""
_LONGEST = 500
"""Letters that no box holds, in whatever size."""
_SHORTEST = 3
"""No line runs down the page with fewer letters, where the text has more."""
_ADVANCE = 1.04
"""How far a letter takes a line that runs down, in sizes."""
_PIECES = re.compile(r"（[^（）\s]{1,8}）|[A-Za-z0-9'.:–-]+|\s+|.", re.DOTALL)
_NOT_FIRST = frozenset("、。，．）」』】〕・ー：；！？,.):;!?ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_TURNED = frozenset("ー–—−-〜～…‥（）()「」『』【】〔〕[]｛｝{}＝=：:|｜／/")
"""Letters that lie along the line, and so are turned where it runs down."""
_WIDE_LATIN = frozenset("MWmw@%")


@dataclass(frozen=True, slots=True)
class Lettering:
    """Lines of text of one size; `upright` ones run down the page, the first at the right."""

    lines: tuple[str, ...]
    size: float
    upright: bool

    @property
    def depth(self) -> float:
        """How much room its lines take across their direction."""
        return len(self.lines) * self.size * LEADING


def clean(text: str) -> str:
    """The text without the characters XML cannot hold or a reader cannot see: controls, surrogates, direction marks."""
    plain = (" " if letter.isspace() else letter for letter in text)
    return "".join(letter for letter in plain if category(letter) not in ("Cc", "Cf", "Cs", "Cn"))


def width(text: str, size: float) -> float:
    """How wide a line is at most, in common Japanese fonts."""
    return size * sum(map(_em, text))


def broken(text: str, size: float, room: float) -> tuple[str, ...]:
    """The text in lines no wider than `room`; words stay whole where they can, and no line begins with a full stop."""
    lines = [""]
    for piece in _pieces(text, size, room):
        if width(lines[-1] + piece, size) <= room:
            lines[-1] += piece
        elif piece in _NOT_FIRST and len(lines[-1]) > 1:
            lines[-1], carried = lines[-1][:-1], lines[-1][-1]
            lines.append(carried + piece)
        else:
            lines.append(piece)
    return tuple(found for line in lines if (found := line.strip()))


def fitted(text: str, room: float, depth: float, largest: float, smallest: float) -> Lettering | None:
    """The largest lettering inside a box, running down where the box is much taller than wide; None where none fits."""
    if len(text) > _LONGEST:
        return None
    tall = depth > 1.3 * room
    if tall:
        for size in _sizes(largest, max(smallest, 0.7 * largest)):
            if size * LEADING <= room and len(text) * size * _ADVANCE <= depth:
                return Lettering((text,), size, True)
    for size in _sizes(largest, smallest):
        across = Lettering(broken(text, size, room), size, False)
        if across.depth <= depth and all(width(line, size) <= room for line in across.lines):
            return across
        down = Lettering(_columns(text, size, depth), size, True)
        if tall and down.depth <= room and len(down.lines[0]) >= min(len(text), _SHORTEST):
            return down
    return None


def down(line: str, middle: float, size: float) -> list[tuple[str, float, bool]]:
    """The letters of a line that runs down the page, centred on a height: each with the middle it stands on, and
    whether it is turned. Written letter by letter, since few renderers but browsers know vertical text."""
    step = size * _ADVANCE
    first = middle - len(line) * step / 2 + step / 2
    return [(letter, round(first + at * step, 2), letter in _TURNED) for at, letter in enumerate(line)]


def shortened(text: str, room: float, depth: float, size: float) -> Lettering | None:
    """As much of a text as one line holds, with `…`; None where not even two letters do."""
    if size * LEADING > depth:
        return None
    kept = text[:_LONGEST]
    while kept and width(f"{kept}…", size) > room:
        kept = kept[:-1]
    return Lettering((f"{kept}…",), size, False) if len(kept) > 1 else None


def _sizes(largest: float, smallest: float) -> Iterator[float]:
    size = largest
    while size >= smallest:
        yield size
        size -= 0.5


def _columns(text: str, size: float, depth: float) -> tuple[str, ...]:
    count = max(int(depth / (size * _ADVANCE)), 1)
    lines = [text[at : at + count] for at in range(0, len(text), count)]
    if len(lines) > 1 and lines[-1] in _NOT_FIRST and len(lines[-2]) > 1:
        lines[-2:] = [lines[-2][:-1], lines[-2][-1] + lines[-1]]
    return tuple(lines)


def _pieces(text: str, size: float, room: float) -> Iterator[str]:
    for piece in _PIECES.findall(text):
        if width(piece, size) <= room:
            yield piece
        else:
            yield from piece


@lru_cache(maxsize=8_192)
def _em(letter: str) -> float:
    if combining(letter):
        return 0
    if letter == "–":
        return 0.6
    if east_asian_width(letter) in "WFA":
        return 1
    if letter in _WIDE_LATIN:
        return 0.95
    if letter in " .,:;'|":
        return 0.36
    return 0.7 if letter.isupper() else 0.58
