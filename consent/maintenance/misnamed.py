"""Whether what is marked as naming somebody by mistake was confirmed so: by a Task that the server ended.

docs/maintenance.md, "check"; docs/policy.md, "mistakes".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from consent.maintenance.as_it_was import Past
from consent.verdict import Verdict
from consent.writing import wrong_versions
from resources.record import mistake, reference
from resources.record.version import Version
from resources.search.predicate import term

_NOTHING = (
    "it is marked as naming somebody by mistake, and nobody confirmed that",
    "人を誤って挙げた印がありますが、確認した記録がありません",
)
_LOST = (
    "it was confirmed that a record named somebody by mistake, and the record is not marked so",
    "人を誤って挙げたと確認されていますが、記録の側に印がありません",
)


def wrong(pasts: tuple[Past, ...], version: Version) -> Iterator[tuple[str, str]]:
    """In English and Japanese, of a record and of the Task by which one was confirmed."""
    for person in sorted(mistake.misnamed(version.terms)):
        if not any(_is_confirmed(past, version, person) for past in pasts):
            yield _NOTHING
    if version.type == "Task" and not all(_is_marked(past, version) for past in pasts):
        yield _LOST


def let_go(past: Past, version: Version, judged: Verdict) -> Verdict:
    """A verdict judged anew, without whom a household had by mistake as far as was confirmed after it: what was held
    fast of them was taken back then. Who is in it in truth since is held fast as anybody."""
    households = sorted(name for name in judged.fixed if name.startswith("Group/"))
    strangers = {one for name in households for one in _strangers(past, name, households, version.since)}
    return replace(judged, fixed=judged.fixed - strangers) if strangers else judged


def _strangers(past: Past, household: str, held: list[str], since: str) -> Iterator[str]:
    """Who was confirmed later to have been in a household by mistake, and was in no other that is held with it."""
    for name in past.leading("Task", term("focus", household)):
        for each in past.history(name):
            record, person = _confirms(past, each) or ("", "")
            others = [one for one in held if one != household]
            if record == household and each.since > since and not any(_names(past, one, person) for one in others):
                yield person


def _names(past: Past, household: str, person: str) -> bool:
    """Whether a household has, or had, somebody as a member, and not by mistake."""
    rightly = (each for each in past.history(household) if person not in mistake.misnamed(each.terms))
    return any(person in reference.locals_of(past.body(each)) for each in rightly if not each.deleted)


def _is_confirmed(past: Past, version: Version, person: str) -> bool:
    tasks = past.leading("Task", term("focus", version.reference))
    found = (each for name in sorted(tasks) for each in past.history(name))
    return any(_confirms(past, each) == (version.reference, person) and version.since <= each.since for each in found)


def _is_marked(past: Past, task: Version) -> bool:
    confirmed = _confirms(past, task)
    if confirmed is None:
        return True
    record, person = confirmed
    return any(person in mistake.misnamed(each.terms) for each in past.history(record))


def _confirms(past: Past, task: Version) -> tuple[str, str] | None:
    """Of which record the server let which person be one whom it never named, by this version of a Task."""
    return wrong_versions.confirms(task, past.body(task)) if not task.deleted else None
