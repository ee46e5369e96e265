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
_LOST = (
    "it was accepted, and the record is not kept as handed over",
    "引き受けられていますが、記録の側に引き継いだ機関が残っていません",
)


def wrong(pasts: tuple[Past, ...], version: Version) -> Iterator[tuple[str, str]]:
    """In English and Japanese, of a record and of the Task by which one was accepted."""
    handed = keeping.taker(version.terms)
    if handed and not any(handed == _last_taker(past, version) for past in pasts):
        yield _NOTHING
    if version.type == "Task" and not all(_is_kept(past, version) for past in pasts):
        yield _LOST


def _last_taker(past: Past, version: Version) -> str:
    """To whom a record was handed over last, by the time that its next version was written."""
    after = [each.since for each in past.history(version.reference) if each.number == version.number + 1]
    found = [each for each in _handings(past, version.reference) if not after or each.since <= after[0]]
    last = max(found, key=lambda each: each.since, default=None)
    return _taker(past, last) if last else ""


def _handings(past: Past, record: str) -> Iterator[Version]:
    """Of each Task by which it was handed over the version that did so: what is written of the Task later did not."""
    for name in sorted(past.leading("Task", term("focus", record))):
        ends = (each for each in past.history(name) if _taker(past, each))
        done = next(ends, None)
        if done and reference.one(past.body(done), "focus") == record:
            yield done


def _taker(past: Past, task: Version) -> str:
    """Whom the server let take a record by this version of a Task; empty where it did not."""
    if task.deleted or not verdict.read(task.terms).counts or not envelope.written(task.terms)[1]:
        return ""
    body = past.body(task)
    codes = _SAYS.keys() & coding.of(body.get("code")) if body.get("status") == "completed" else ()
    return next((reference.one(body, _SAYS[code]) for code in codes), "")


def _is_kept(past: Past, task: Version) -> bool:
    """Whether the record stood as handed over when that was accepted, if it was not handed on since."""
    taker = _taker(past, task)
    if not taker or vocabulary.TRANSFER not in coding.of(past.body(task).get("code")):
        return True
    record = reference.one(past.body(task), "focus")
    stood = [each for each in past.history(record) if each.since <= task.since][-1:]
    if any(taker in (keeping.taker(each.terms), envelope.value(each.terms, ".custodian")) for each in stood):
        return True
    return any(each.since > task.since for each in _handings(past, record))
