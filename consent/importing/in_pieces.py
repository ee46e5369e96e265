"""A list of the directory in pieces: what others refer to first, and no piece larger than others wait for.

docs/operations.md, "a city's list"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from consent.writing.apart import STEP
from consent.writing.prepared import Prepared
from resources.record import reference
from resources.record.version import Version

Pieces = list[list[Prepared]]


def of(ready: Sequence[Prepared], standing: Mapping[str, Version]) -> Pieces:
    """What is new, then what changes, and what is ended last: at no moment is there less than before or after it all.

    A change of what stands counts for two: an agency is told of it.
    """
    new = [each for each in ready if each.change.reference not in standing]
    later = [each for each in ready if each.change.reference in standing]
    ended = [each for each in later if each.resource.get("active") is False]
    changed = [each for each in later if each.resource.get("active") is not False]
    return [*_filled(new, STEP), *_filled(changed, STEP // 2), *_filled(ended, STEP // 2)]


def beside(piece: Sequence[Prepared], every: Mapping[str, Prepared]) -> list[Prepared]:
    """The piece, and what of the whole list it names, directly or not."""
    found = {each.change.reference: each for each in piece}
    waiting = list(piece)
    while waiting:
        for name in _named(waiting.pop()) & every.keys() - found.keys():
            found[name] = every[name]
            waiting.append(every[name])
    return list(found.values())


def _filled(ready: Sequence[Prepared], most: int) -> Iterator[list[Prepared]]:
    """Pieces of so many; larger ones only where so many name one another in a circle."""
    piece: list[Prepared] = []
    for whole in _in_order(ready):
        if piece and len(piece) + len(whole) > most:
            yield piece
            piece = []
        piece += whole
    if piece:
        yield piece


def _in_order(ready: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Those that others name come before them; those that come together are in one."""
    at = {each.change.reference: number for number, each in enumerate(ready)}
    names = [{at[one] for one in _named(each) if one in at} - {number} for number, each in enumerate(ready)]
    whole = list(range(len(ready)))
    for number, post in _first_posts(ready, names):
        whole[post] = number
    while True:
        order: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(sorted(set(whole)), ()))
        for number, named in enumerate(names):
            order.add(whole[number], *({whole[one] for one in named} - {whole[number]}))
        try:
            order.prepare()
        except CycleError as circle:
            round_about = set(circle.args[1])
            whole = [min(round_about) if each in round_about else each for each in whole]
            continue
        break
    together: dict[int, list[Prepared]] = {}
    for number, each in enumerate(ready):
        together.setdefault(whole[number], []).append(each)
    while order.is_active():
        now = sorted(order.get_ready())
        yield from (together[each] for each in now)
        order.done(*now)


def _first_posts(ready: Sequence[Prepared], names: Sequence[set[int]]) -> Iterator[tuple[int, int]]:
    """Each member of staff with one of their posts, by which alone they are known again (`listing/entry.py`)."""
    known: set[int] = set()
    for number, each in enumerate(ready):
        if each.change.type == "PractitionerRole":
            for person in names[number]:
                if ready[person].change.type == "Practitioner" and person not in known:
                    known.add(person)
                    yield person, number


def _named(ready: Prepared) -> set[str]:
    return {reference.local(target) for _, target in ready.named}
