"""What a case or total care plan would be of that another agency keeps, and could make one of another household.

R37 of the domain; docs/policy.md, "whom a record is about": it is about whom that is about which it is of, then and
later. Its coordinator and who carries it out would lose sight of it, and neither they nor who keeps it would know.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from consent import evidence, losing_sight, vocabulary
from resources.record import envelope, keeping
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, has_any, has_one_of
from resources.search.relation import values
from resources.store.port import Query, Snapshot

OF: Predicate = has_one_of(".type", vocabulary.CASEWORK)
"""Under this the server looks which plans of an agency are of a record that the same one keeps: of whatever type, since
a reference within an element that says what a plan is of counts too."""

OFFERED: Predicate = all_of([has(".type", "Task"), has(".code", vocabulary.TRANSFER), has(".open", "yes")])
"""Under this the server looks whether a record is offered to another agency by the one that keeps it."""

LookUp = Callable[[str], Awaitable[Version | None]]


async def come(
    before: Version | None, after: Version, look_up: LookUp, view: Snapshot, kept: Collection[str], *, named: bool
) -> frozenset[str]:
    """By which of what this version comes to be of a case or plan of theirs comes to be of another agency's record: it
    is one itself, or one is of it, where it may have been `named`. `kept` are the agencies whose files its keeper has.
    """
    if after.deleted or after.type not in vocabulary.CASEWORK:
        return frozenset()
    stood = before if before and not before.deleted else None
    bound = losing_sight.binds(evidence.body(after))
    stays = stood is not None and (not bound or losing_sight.binds(evidence.body(stood)))
    came = _of(after) - (_of(stood) if stood and stays else frozenset())
    if not (bound or stood or named):
        return frozenset()
    found = {one for one in sorted(came) if await _reaches(one, look_up, view, kept)}
    if found and not bound and not await bears(after, view, kept):
        return frozenset()
    return frozenset(found)


async def bears(source: Version, view: Snapshot, kept: Collection[str]) -> bool:
    """Whether a case of these keepers, or a plan past its draft, is of this record, which is neither itself. Those that
    they have handed over are, as they last wrote them: of what was written since they are told nothing."""
    if losing_sight.binds(evidence.body(source)):
        return False
    waiting, seen = [source.reference], {source.reference}
    while waiting:
        asked = [has(".of", waiting.pop())]
        found = (await view.find(Query(all_of(asked)), within=OF)).versions
        own = [each for each in found if keeping.keeper(each.terms) in kept]
        handed = Query(all_of([*asked, has_any(keeping.TAKER)]), history=True)
        given = (await view.find(handed, within=OF)).versions
        own += [each for each in given if envelope.value(each.terms, ".custodian") in kept]
        if any(losing_sight.binds(evidence.body(each)) for each in own):
            return True
        new = {each.reference for each in own} - seen
        waiting += sorted(new)
        seen |= new
    return False


async def given(names: Collection[str], view: Snapshot, kept: Collection[str]) -> frozenset[str]:
    """Of these records the cases, and plans past their draft, that these agencies have handed over to others."""
    found = set()
    for name in sorted(each for each in names if each.startswith("CarePlan/")):
        stands = await view.get(*name.split("/"), within=OF)
        if not stands or keeping.keeper(stands.terms) in kept:
            continue
        handed = Query(all_of([has(".id", name), has_any(keeping.TAKER)]), history=True)
        once = (await view.find(handed, within=OF)).versions
        own = [each for each in once if envelope.value(each.terms, ".custodian") in kept]
        found |= {name} if any(losing_sight.binds(evidence.body(each)) for each in own) else set()
    return frozenset(found)


async def _reaches(name: str, look_up: LookUp, view: Snapshot, kept: Collection[str]) -> bool:
    """Whether a record is another agency's, or offered to one, or of such a one; or of a conference, whose material the
    plan would be."""
    waiting, seen = [name], {name}
    while waiting:
        found = await look_up(waiting.pop())  # what stands in this transaction alone is the writer's
        if found is None:
            continue
        if keeping.keeper(found.terms) not in kept or envelope.value(found.terms, ".conference"):
            return True
        if not losing_sight.binds(evidence.body(found)) and await _is_offered(found, view):
            return True
        waiting += sorted(_of(found) - seen)
        seen |= _of(found)
    return False


async def _is_offered(found: Version, view: Snapshot) -> bool:
    """A case that is handed over takes its household along; another record may be made one of any."""
    asked = Query(has("focus", found.reference), limit=1)
    return bool((await view.find(asked, within=OFFERED)).versions)


def _of(version: Version) -> frozenset[str]:
    return frozenset(values(version.terms, ".of"))
