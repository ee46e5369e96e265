"""What is under way on a household or its case: a coordination that was taken on, a conference, the review of its end.

R17 and R44 of the domain; docs/policy.md, "mistakes". Of what is read here only yes or no is said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from consent import evidence, verdict, vocabulary
from resources import conference
from resources.record import coding, envelope, keeping, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, any_of, has, has_any, has_one_of
from resources.store.port import Query, Snapshot

UNDER_WAY: Predicate = has_one_of(".type", ("CarePlan", "Encounter", "Group", "Patient", "Task"))
"""Under this the server looks for what is under way; who keeps the household or the case is told that there is some."""

COORDINATED, CALLED, REVIEWED, ACCEPTED, CARRIED = "coordinated", "called", "reviewed", "accepted", "carried"
BROUGHT = "brought"

_OVER = ("completed", "revoked")

_ASKED = all_of([has(".type", "Task"), has_one_of(".code", (vocabulary.COORDINATE, vocabulary.CASE_REVIEW))])


async def of(record: Mapping[str, Any], view: Snapshot) -> frozenset[str]:
    """What is under way on this household, its case or total care plan, or on the household of this person. A
    coordination that was taken on is until it is completed, though who asked takes it back, and of what came of the
    household by division too; of reviews those by who keeps the case, or kept it, count.
    """
    itself = f"{record['resourceType']}/{record.get('id')}"
    versions = await _versions(itself, view)
    keepers = _custodians(versions)
    if record["resourceType"] == "Patient":
        return await _of_person(itself, keepers, view)
    plans = vocabulary.TOTAL_CARE_PLAN in coding.of(record.get("category"))
    whole = {reference.one(record, "subject")} if record["resourceType"] == "CarePlan" else {itself}
    if plans:
        whole = _planned(versions)
        if not whole:
            return frozenset()
    cases = await _kept(whole, keepers, view) if plans else {itself}
    found = {CALLED for name in sorted(cases) if await is_called(name, view)}
    meant = whole if plans else {itself}
    named = any_of([has_one_of(".of", meant), has_one_of(".household", meant), has_one_of(".fixed", whole)])
    for task in await _all(view, _ASKED, named):
        body = evidence.body(task)
        came = bool((whole & verdict.read(task.terms).fixed) - {reference.one(body, "for")})
        if not came and meant.isdisjoint((reference.one(body, "focus"), reference.one(body, "for"))):
            continue
        if plans and keepers.isdisjoint(await keepers_of(reference.one(body, "focus"), view)):
            continue  # of another agency's case nobody is told
        if vocabulary.COORDINATE not in coding.of(body.get("code")):
            found |= {REVIEWED} if envelope.value(task.terms, ".custodian") in keepers else set()
        elif verdict.read(task.terms).fixed and body.get("status") != "completed":
            found.add(COORDINATED)
    return frozenset(found)


def _planned(versions: Sequence[Version]) -> set[str]:
    """The households whose plan it ever was, as more than a draft: neither by being made one, nor by being written for
    another household, is it withdrawn from who carries it out."""
    plans = [
        each for each in map(evidence.body, versions) if vocabulary.TOTAL_CARE_PLAN in coding.of(each.get("category"))
    ]
    return {reference.one(each, "subject") for each in plans if each.get("status") != "draft"} - {""}


async def _of_person(itself: str, keepers: Collection[str], view: Snapshot) -> frozenset[str]:
    """What is under way on a household that the person is in, or is held fast as one of: where one agency keeps both,
    since nobody else is told of it."""
    found = set[str]()
    for group in await _all(view, has(".type", "Group"), has(".subject", itself)):
        body, held = evidence.body(group), [has(verdict.FIXED, one) for one in (itself, group.reference)]
        if envelope.value(group.terms, ".custodian") in keepers and (
            itself in reference.locals_of(body) or await _all(view, *held)
        ):
            found |= await of(body, view)
    return frozenset(found - {REVIEWED})


async def of_what_was_asked(had: Mapping[str, Any], record: Mapping[str, Any], view: Snapshot) -> frozenset[str]:
    """Of a request that is to be about somebody else, or deleted, whether a Task on it was taken on; of the review of
    a case that is to be of another, whether that case has ended."""
    if had["resourceType"] == "ServiceRequest" and (had is record or _moves(had, record, "subject")):
        of = has(".of", f"ServiceRequest/{had['id']}")
        tasks = await _all(view, has(".type", "Task"), of, has(verdict.COUNTS, "yes"))
        taken = any(evidence.body(each).get("status") in vocabulary.TAKEN_ON for each in tasks)
        return frozenset({ACCEPTED} if taken else ())
    case = reference.one(had, "focus")
    if vocabulary.CASE_REVIEW not in coding.of(had.get("code")) or not _moves(had, record, "focus"):
        return frozenset()
    found = await view.get(*case.split("/"), within=UNDER_WAY) if case.startswith("CarePlan/") else None
    over = found and evidence.body(found).get("status") in _OVER
    return frozenset({REVIEWED} if over else ())


def _moves(had: Mapping[str, Any], record: Mapping[str, Any], element: str) -> bool:
    return reference.one(had, element) != reference.one(record, element)


async def cases(record: Mapping[str, Any], view: Snapshot) -> Mapping[str, str]:
    """The other open cases of the household whose case this is, and who keeps what is written of each."""
    group = reference.one(record, "subject")
    if vocabulary.CASE not in coding.of(record.get("category")) or not group:
        return {}
    asked = has(".type", "CarePlan"), has(".household", group), has(".code", vocabulary.CASE), has(".open", "yes")
    own = [each for each in await _all(view, *asked) if reference.one(evidence.body(each), "subject") == group]
    return {each.reference: keeping.keeper(each.terms) for each in own if each.reference != f"CarePlan/{record['id']}"}


async def cases_of(household: str, view: Snapshot) -> frozenset[str]:
    """The cases whose household it is, whoever keeps them."""
    asked = has(".type", "CarePlan"), has(".code", vocabulary.CASE), has(".household", household)
    found = await _all(view, *asked)
    return frozenset(each.reference for each in found if reference.one(evidence.body(each), "subject") == household)


async def keepers_of(name: str, view: Snapshot) -> frozenset[str]:
    """The agencies that keep a record, or kept it; and to whom it was handed over."""
    versions = await _versions(name, view) if name else ()
    return _custodians(versions) | frozenset(keeping.keeper(each.terms) for each in versions) - {""}


async def _kept(whole: Collection[str], keepers: Collection[str], view: Snapshot) -> frozenset[str]:
    """The cases of these households that these agencies keep, or kept."""
    names = frozenset[str]().union(*[await cases_of(one, view) for one in sorted(whole)])
    return frozenset([one for one in sorted(names) if not (await keepers_of(one, view)).isdisjoint(keepers)])


async def _versions(name: str, view: Snapshot) -> Sequence[Version]:
    return (await view.find(Query(has(".id", name), history=True), within=UNDER_WAY)).versions


def _custodians(versions: Sequence[Version]) -> frozenset[str]:
    return frozenset(envelope.value(each.terms, ".custodian") for each in versions) - {""}


async def is_called(name: str, view: Snapshot) -> bool:
    """Whether a conference that is not over has this case, or one of this household, on its agenda."""
    own = await cases_of(name, view)
    for version in await _all(view, has(".type", "Encounter"), has_any(".conference"), has(".open", "yes")):
        meeting = evidence.body(version)
        if reference.one(meeting, "subject") == name or {name, *own} & set(conference.agenda(meeting)):
            return True
    return False


async def _all(view: Snapshot, *wanted: Predicate) -> Sequence[Version]:
    return (await view.find(Query(all_of(wanted)), within=UNDER_WAY)).versions
