"""Whether a record that is kept as handed over was: by a Task that the server ended as it was accepted or decided.

docs/maintenance.md, "check"; docs/policy.md, "handing a record over".
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import verdict, vocabulary
from consent.maintenance.as_it_was import Past
from resources.record import coding, envelope, keeping, reference
from resources.record.version import Version
from resources.search.predicate import term

_SAYS = {vocabulary.TRANSFER: "owner", vocabulary.MOVE_KEEPING: "requester"}
"""In which element of such a Task the taker stands."""

_NOTHING = (
    "it is kept as handed over, and nobody accepted or decided that",
    "引き継がれたと記録されていますが、引き受けた、または決めた記録がありません",
)


def wrong(pasts: tuple[Past, ...], version: Version) -> Iterator[tuple[str, str]]:
    """In English and Japanese."""
    handed = keeping.taker(version.terms)
    if handed and not any(_is_so(past, version.reference, handed) for past in pasts):
        yield _NOTHING


def _is_so(past: Past, record: str, taker: str) -> bool:
    names = past.leading("Task", term("focus", record))
    return any(_hands(past, each, record, taker) for name in sorted(names) for each in past.history(name))


def _hands(past: Past, task: Version, record: str, taker: str) -> bool:
    if task.deleted or not verdict.read(task.terms).counts or not envelope.written(task.terms)[1]:
        return False
    body = past.body(task)
    if body.get("status") != "completed" or reference.one(body, "focus") != record:
        return False
    return any(reference.one(body, _SAYS[code]) == taker for code in _SAYS.keys() & coding.of(body.get("code")))
