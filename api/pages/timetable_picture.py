"""The week's sheet as a picture of one A4 page on its side: the grid, its blocks, the remarks and the other services.

okayama-2019.txt s17, https://www.w3.org/TR/SVG11/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from api.pages import timetable_lettering as lettering
from api.pages.timetable_lettering import Lettering
from api.pages.timetable_words import Words
from resources.week import DAWN, DAY, Entry, Service, Week

WIDTH, MARGIN = 1188.0, 28.0
TOP = 136.0
DAYS_LEFT, DAY_WIDTH = 112.0, 110.0
NOTES_LEFT = DAYS_LEFT + 7 * DAY_WIDTH
NOTES_WIDTH = WIDTH - MARGIN - NOTES_LEFT
GROUP_WIDTH = 132.0
Fitted = Callable[[str, float, float, float, float], Lettering | None]
"""How a text is set into a box: its room, its depth, the largest size and the smallest."""

_HOUR, _LONGEST_HOUR = 21.0, 30.0
_LINE = 17.5
_EDGE = 2.0
"""What is left free around a block."""
_BAR = 4.0
"""The coloured bar at a block's left."""
_CLOCK = 10.0
"""The room a block's time takes above its name."""


@dataclass(frozen=True, slots=True)
class Block:
    """An entry with its rectangle, its hue (its member's place), its lettering, and its time where there is room.

    `whole` tells that the lettering says what the service is and for whom; where there is no room for that, it is
    the name alone or the beginning of it, and the rest stands in the block's title and in the page's table.
    """

    entry: Entry
    x: float
    y: float
    width: float
    height: float
    hue: int
    clock: str
    shown_clock: str
    text: Lettering | None
    whole: bool

    @property
    def left(self) -> float:
        """Where lettering may begin."""
        return self.x + _BAR + 2

    @property
    def middle(self) -> float:
        return (self.left + self.x + self.width - 2) / 2

    @property
    def head(self) -> float:
        """Where lettering may begin below the time."""
        return self.y + 2 + (_CLOCK if self.shown_clock else 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: where it stands, and how it is written."""

    y: float
    kind: str
    hue: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the sheet shows, in units of a page 1188 wide."""

    height: float
    bottom: float
    hour: float
    box: float
    blocks: tuple[Block, ...]
    notes: tuple[Line, ...]
    other: tuple[Line, ...]
    remarks: tuple[Line, ...]
    members: tuple[tuple[str, int], ...]

    @property
    def crowded(self) -> bool:
        """Some block is too small for its words."""
        return not all(block.whole for block in self.blocks)


def picture(week: Week, words: Words) -> Picture:
    """The sheet of a week. It grows with its lists: no word is cut, and nothing lies over anything else."""
    hues = {member: place for place, member in enumerate(week.members)}
    notes, unwritten = _notes(week, hues, words)
    hour = max(_HOUR, ((notes[-1].y + 10 if notes else TOP) - TOP) / 24)
    bottom = TOP + 24 * hour
    other = tuple(_other(week, bottom + 26, words))
    box = (other[-1].y if other else bottom + 26) + 9
    remarks = tuple(_remarks(unwritten, week, box + 15, words))
    fitted = cache(lettering.fitted)  # the same service of every day is set once
    blocks = tuple(_block(entry, hour, hues.get(entry.member, 0), words, fitted) for entry in week.entries)
    drawn = {entry.member for entry in week.entries}
    return Picture(
        height=(remarks[-1].y if remarks else box) + 14,
        bottom=bottom,
        hour=hour,
        box=box,
        blocks=blocks,
        notes=tuple(notes),
        other=other,
        remarks=remarks,
        members=tuple((words.member(member), hue) for member, hue in hues.items() if member in drawn),
    )


def clock(entry: Entry) -> str:
    """The time of a block: `9:30–14:30`, or `9:30–` where the plan does not say when it ends."""
    start, end = (f"{at // 60 % 24}:{at % 60:02d}" for at in (entry.start + DAWN, entry.end + DAWN))
    return f"{start}–" if entry.open_end and entry.end < DAY else f"{start}–{end}"


def titled(service: Service | Entry, words: Words) -> str:
    """What a service is called on the sheet: `ヘルパー（母）`."""
    return lettering.clean(f"{service.label}（{words.member(service.member)}）")


def _block(entry: Entry, hour: float, hue: int, words: Words, fitted: Fitted) -> Block:
    lane = (DAY_WIDTH - _EDGE) / entry.lanes
    x = DAYS_LEFT + entry.day * DAY_WIDTH + _EDGE / 2 + entry.lane * lane
    y = TOP + entry.top / 60 * hour + _EDGE / 4
    width, height = max(lane - _EDGE / 2, 0.5), (entry.bottom - entry.top) / 60 * hour - _EDGE / 2
    room, depth, when, name = width - _BAR - 5, height - 4, clock(entry), titled(entry, words)
    timed = None
    if lettering.width(when, 8) <= room:
        timed = fitted(name, room, depth - _CLOCK, 13, 9)
    text = timed or fitted(name, room, depth, 13, 6.5)
    whole = text is not None
    if text is None:
        label = lettering.clean(entry.label)
        text = fitted(label, room, depth, 9, 6.5) or lettering.shortened(label, room, depth, 7.5)
    return Block(entry, x, y, width, height, hue, when, when if timed else "", text, whole)


def _notes(week: Week, hues: dict[str, int], words: Words) -> tuple[list[Line], tuple[Service, ...]]:
    """The remarks as far as a sheet's longest day reaches, and the services whose remarks are left."""
    written: list[Line] = []
    y = TOP + 4
    for place, service in enumerate(week.notes):
        hue = hues.get(service.member, 0)
        head = lettering.broken(f"＊{titled(service, words)}", 12, NOTES_WIDTH - 18)
        text = lettering.broken(lettering.clean(service.note), 11, NOTES_WIDTH - 30)
        end = y + 6 + 16 * (len(head) + len(text))
        if end + 26 > TOP + 24 * _LONGEST_HOUR:
            written.append(Line(y + 20, "text", 0, words.continued))
            return written, week.notes[place:]
        lines = [("head", part) for part in head] + [("text", part) for part in text]
        written += [Line(y + 6 + 16 * (at + 1), kind, hue, part) for at, (kind, part) in enumerate(lines)]
        y = end
    return written, ()


def _other(week: Week, y: float, words: Words) -> Iterator[Line]:
    left = DAYS_LEFT + GROUP_WIDTH + 8
    room = WIDTH - MARGIN - left - 8
    for group in week.other:
        heads = list(lettering.broken(f"＊{lettering.clean(words.member(group.member))}", 12, GROUP_WIDTH - 14))
        lines = [line for each in group.services for line in lettering.broken(_said(each, words), 12, room)]
        for place in range(max(len(heads), len(lines))):
            if place < len(heads):
                kind = "first" if place == 0 else "head"
                yield Line(y, kind, 0, heads[place])
            if place < len(lines):
                yield Line(y, "text", 0, lines[place])
            y += _LINE


def _said(service: Service, words: Words) -> str:
    """What a service is, what is remarked on it, and when it is where the remark does not say so."""
    when = words.said(service.schedule)
    told = [service.label, service.note or when]
    if service.note and when and words.language != "ja":
        told.append(when)
    return lettering.clean(("：" if words.language == "ja" else ": ").join(filter(None, told)))


def _remarks(unwritten: tuple[Service, ...], week: Week, y: float, words: Words) -> Iterator[Line]:
    rest = [f"＊{titled(service, words)}：{service.note}" for service in unwritten]
    rest += [words.coming(each) for each in week.coming]
    if week.clashes:
        rest.append(f"{words.clashes}：{'、'.join(words.clash(each) for each in week.clashes)}")
    if week.contacts:
        told = (f"{each.name} {'・'.join(each.phones)}" for each in week.contacts)
        rest.append(f"{words.contacts}：{'、'.join(told)}")
    for remark in [*rest, *week.remarks]:
        for part in lettering.broken(lettering.clean(remark), 9.5, WIDTH - 2 * MARGIN):
            yield Line(y, "text", 0, part)
            y += 13
