"""Whether a merge that stands was confirmed by those whose it is, and says the names that follow from it.

docs/maintenance.md, "check"; docs/policy.md, "merging two Patients".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from consent import evidence, verdict, vocabulary
from consent.acts import merge_task
from consent.facts import Facts
from consent.maintenance import by_operation
from consent.maintenance.as_it_was import AsItWas, answered
from consent.relations import names
from consent.verdict import Verdict
from resources.record import coding, envelope, keeping, reference
from resources.record.version import Version
from resources.search.predicate import term

_LEADS = frozenset({vocabulary.LEAD_SECTION})
_LEADING = coding.own("role", vocabulary.LEAD_SECTION)


def is_one(version: Version, resource: Mapping[str, Any], kept: Verdict) -> bool:
    """Whether it is a word of the server's about a merge; who asked has taken back what it says no longer."""
    asks = version.type == "Task" and bool(vocabulary.MERGES & coding.of(resource.get("code")))
    return asks and (version.number == 1 or envelope.written(version.terms)[1] or bool(kept.note(verdict.SAME)))


def stands(version: Version, view: AsItWas, kept: Verdict, resource: Mapping[str, Any]) -> bool:
    """Whether it counts for no more than that, and what it says of names was theirs to say who wrote it."""
    says, between = kept.note(verdict.SAME), kept.note(verdict.BETWEEN)
    if between != frozenset(merge_task.parties(resource)) or kept.fixed or kept.honoured or not kept.counts:
        return False
    as_such = kept.note(verdict.AS_SUCH)
    if len(kept.noted) != len(says) + len(between) + len(as_such) or kept.void or not as_such <= _LEADS:
        return False
    before = view.stood(version.reference)
    if as_such != (verdict.read(before.terms).note(verdict.AS_SUCH) if before else _office(version, view, as_such)):
        return False
    pair, status = names.pair(resource), resource.get("status")
    merges = status == "completed" and vocabulary.MERGE in coding.of(resource.get("code"))
    if not merges:
        return not says and (status != "entered-in-error" or _is_undone(view, set(pair)))
    if says != answered(merge_task.linked(cast(Any, view), pair)):
        return False
    if before and verdict.read(before.terms).note(verdict.SAME):
        return True  # what stands beside it was undone
    who = by_operation.writer(version, view)
    if as_such and not who.holds(vocabulary.LEAD_SECTION):
        return False
    return _may(view, pair, who, merge_task.parties(resource), asked=before is not None)


def _office(version: Version, view: AsItWas, said: frozenset[str]) -> frozenset[str]:
    """As what it was asked, where it waits for an office of the agency that was."""
    body = view.past.body(version)
    asked = reference.one(body, "owner") if body.get("status") == "requested" else ""
    found = (view.stood(each) for each in view.past.leading("PractitionerRole", term(".code", _LEADING)))
    held = [evidence.post(each, by_operation.at(version)) for each in found if each]
    return said if any(each and each.agency == asked for each in held) else frozenset()


def _may(view: AsItWas, pair: tuple[str, str], writer: Facts, parties: tuple[str, str], *, asked: bool) -> bool:
    """The lead section; else who keeps both, or the one that was asked by who keeps the other."""
    if writer.holds(vocabulary.LEAD_SECTION):
        return True
    keepers = {keeping.keeper(found.terms) for one in pair if (found := view.stood(one))}
    if not asked:
        return keepers <= writer.keeps
    asks = writer.successions.kept_by(parties[:1]) - {parties[1]}
    others = keepers - {parties[1]}
    return parties[1] in writer.keeps & keepers and len(others) == 1 and others <= asks


def _is_undone(view: AsItWas, pair: set[str]) -> bool:
    """Whether it was undone in the same transaction."""
    for each in view.past.together(view.base):
        body = view.past.body(each) if each.type == "Task" and not each.deleted else {}
        done = body.get("status") == "completed" and vocabulary.UNMERGE in coding.of(body.get("code"))
        if done and set(names.pair(body)) == pair and verdict.read(each.terms).counts:
            return True
    return False
