"""Who wrote a value of a record: whose version first carried it, and everyone who sent it himself, by its place.

docs/policy.md, D1: by structure, from the versions. What was put back for somebody who was not shown it is not his.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson

from consent.secrecy.harmless import Harmless
from consent.secrecy.redaction import Unit, texts
from resources.record import envelope
from resources.record.envelope import Envelope
from resources.record.version import Version

MOST_VERSIONS = 100
"""So many versions are looked back: who wrote what stood before is nobody."""

Writers = Mapping[str, frozenset[str]]


def of(harmless: Harmless, versions: Iterable[Version]) -> Writers:
    """By the pointer of each value of the last of these versions who wrote it. The versions are in their order."""
    known: dict[str, frozenset[str]] = {}
    before: list[Unit] = []
    checked: frozenset[str] = frozenset()
    for version in versions:
        found = [] if version.deleted else list(texts(harmless, orjson.loads(version.body)))
        made = envelope.read(version.terms)
        known = _next(made, found, before, known, checked)
        before, checked = found, made.checked
    return known


def _next(
    made: Envelope, found: list[Unit], before: list[Unit], known: Writers, checked: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Who wrote the values of a version, from who wrote those of the version before.

    Those of them that were `checked` were shown to whoever sends them again.
    """
    back = dict(entry.split(" ", 1) for entry in made.unsent)
    moved = set(back.values())
    standing: dict[tuple[tuple[str, ...], bytes], list[str]] = {}
    for pointer, path, value in before:
        if pointer not in moved:
            standing.setdefault((path, orjson.dumps(value)), []).append(pointer)
    writer = frozenset({made.writer} - {""})
    now: dict[str, frozenset[str]] = {}
    for pointer, path, value in found:
        if pointer in back:
            now[pointer] = known.get(back[pointer], frozenset())
            continue
        same = standing.get((path, orjson.dumps(value)))
        was = same.pop(0) if same else ""
        had = known.get(was, frozenset())
        now[pointer] = writer | had if not made.masked or writer & had or was in checked else writer
    return now
