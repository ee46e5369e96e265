"""Who may sign a consent: the person who is of age and no ward, else a parent or guardian recorded beforehand.

docs/policy.md, "standing", signature; R3.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from consent.standing.signed import Representative, Signing, day
from resources.record import active, age, coding, period, reference

Resource = Mapping[str, Any]

MAJORITY = 18
_ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode|"
GUARDIAN = f"{_ROLES}GUARD"
_PARENTS = frozenset(
    _ROLES + code
    for code in ("PRN", "MTH", "FTH", "NMTH", "NFTH", "GESTM", "ADOPTP", "ADOPTMTH", "ADOPTFTH", "NPRN")
)  # fmt: skip


def is_refusal(consent: Resource) -> bool:
    """Whether it withholds and grants nothing: such a word counts at any age."""
    root = consent.get("provision")
    return isinstance(root, Mapping) and root.get("type") == "deny" and not root.get("provision")


def may_not(consent: Resource, signing: Signing) -> Iterator[int]:
    """The places of those among the performers who may not sign this. All of them, where none may sign alone."""
    performers = reference.many(consent, "performer")
    if not any(_alone(name, consent, signing) for name in performers):
        yield from range(len(performers))
        return
    person = reference.one(consent, "patient")
    for place, name in enumerate(performers):
        if name != person and not _alone(name, consent, signing):
            yield place


def may_sign_for(name: str, person: str, on: date, signing: Signing) -> bool:
    """Whether this RelatedPerson alone may sign for the person on that day, by each birth date that they have."""
    representative = signing.representatives.get(name)
    return representative is not None and all(
        _may_stand_in(representative, person, on, each) for each in _by_each_birth(signing)
    )


def acts_alone(person: str, on: date, signing: Signing) -> bool:
    """Whether this person is certainly of age on that day, by each birth date that they have, and nobody's ward."""
    persons = {person, *signing.names}
    wards = (one for one in signing.representatives.values() if one.confirmed)
    if any(_stands_for(one.now, each, on) is not False for one in wards for each in persons):
        return False
    return all(_born(each.patient) and _is_below(each.patient, on) is False for each in _by_each_birth(signing))


def is_against(consent: Resource, signing: Signing) -> bool:
    """Whether one against whom the person is protected signed it: it is kept, and counts for nothing."""
    return bool(signing.against.intersection(reference.many(consent, "performer")))


def guardians(consent: Resource, signing: Signing) -> list[Representative]:
    """The confirmed guardians of the person as they stood on the day of signing: the person is a ward."""
    signed, persons = day(consent), {reference.one(consent, "patient"), *signing.names}
    return [
        one
        for one in signing.representatives.values()
        if one.confirmed and signed and any(_stands_for(one.now, person, signed) is not False for person in persons)
    ]


def founded(consent: Resource, signing: Signing) -> bool:
    """Whether by the birth date that stands now, under each name of the person, any of those who signed could do so
    alone; what is known of them besides was judged when it was filed."""
    return all(_founded(consent, each) for each in _by_each_birth(signing))


def _by_each_birth(signing: Signing) -> Iterator[Signing]:
    """As it is by the birth date of the one name, and by that of each other."""
    yield signing
    for born in sorted(signing.births):
        yield replace(signing, patient={**signing.patient, "birthDate": born})


def _founded(consent: Resource, signing: Signing) -> bool:
    person, signed = reference.one(consent, "patient"), day(consent)
    if signed is None:
        return False
    for name in reference.many(consent, "performer"):
        if name == person:
            if is_refusal(consent) or _is_of_age(consent, signing, signed):
                return True
        elif name in signing.representatives and _may_by_age(signing.representatives[name], signed, signing):
            return True
    return False


def lapses(consent: Resource, signing: Signing) -> datetime | None:
    """From when on it grants no more, since another signed for a minor: the day they may be of age, by whichever of
    their birth dates that is first."""
    found = (_lapses(consent, each) for each in _by_each_birth(signing))
    return min((at for at in found if at), default=None)


def _lapses(consent: Resource, signing: Signing) -> datetime | None:
    person = reference.one(consent, "patient")
    performers = [name for name in reference.many(consent, "performer") if name != person]
    signed, born = day(consent), _born(signing.patient)
    if not performers or not born or not signed or not _is_minor(signing.patient, signed):
        return None
    return _start(_of_age(born))


def _alone(name: str, consent: Resource, signing: Signing) -> bool:
    """Whether this one's signature alone would do."""
    person, signed = reference.one(consent, "patient"), day(consent)
    if signed is None:
        return False
    if name == person:
        return is_refusal(consent) or _is_of_age(consent, signing, signed)
    representative = signing.representatives.get(name)
    return representative is not None and _may_stand_in(representative, person, signed, signing)


def _may_stand_in(representative: Representative, person: str, signed: date, signing: Signing) -> bool:
    recorded = all(_stands_for(each, person, signed) is True for each in (representative.then, representative.now))
    if not (recorded and any(_is_official(paper) for paper in representative.papers)):
        return False
    return _may_by_age(representative, signed, signing, coding.of(representative.now.get("relationship")))


def _may_by_age(
    representative: Representative, signed: date, signing: Signing, now: frozenset[str] | set[str] | None = None
) -> bool:
    roles = coding.of(representative.then.get("relationship"))
    roles = roles if now is None else roles & now
    if _is_minor(signing.patient, signed):
        return bool(roles & (_PARENTS | {GUARDIAN}))
    return GUARDIAN in roles and representative.confirmed


def _stands_for(representative: Resource, person: str, signed: date) -> bool | None:
    """Whether a record says that this one stood for the person on that day; None where it cannot be told."""
    start, in_use = _start(signed), active.told(representative)
    if reference.one(representative, "patient") != person or start is None or in_use is False:
        return False
    held = period.contains(representative.get("period"), start)
    return held if in_use or held is False else None


def _is_official(paper: Resource) -> bool:
    """A court's or a register's, as the agency has it in hand."""
    return paper.get("status") == "current" and bool(coding.codes(paper.get("type"), "guardianship-paper"))


def _is_of_age(consent: Resource, signing: Signing, signed: date) -> bool:
    if _born(signing.patient) is None:
        return any(each.get("valueBoolean") is True for each in coding.extension(consent, "of-age"))
    return _is_below(signing.patient, signed) is False


def _is_minor(patient: Resource, signed: date) -> bool:
    """Certainly; between the first and the last day that a birth date may mean nobody can tell."""
    return _is_below(patient, signed) is True


def _is_below(patient: Resource, signed: date) -> bool | None:
    start = _start(signed)
    return None if start is None else age.is_below(MAJORITY, patient.get("birthDate"), start)


def _born(patient: Resource) -> date | None:
    """The first day that the birth date may mean; None where it is not known."""
    said = patient.get("birthDate")
    first, _ = (period.days({"start": said, "end": said}) if isinstance(said, str) else None) or (None, None)
    return first


def _of_age(born: date) -> date:
    """The day of majority: of who was born on 29 February, 1 March where the year has none."""
    year, leap = born.year + MAJORITY, (born.month, born.day) == (2, 29)
    return date(year, 3, 1) if leap and not isleap(year) else born.replace(year=year)


def _start(on: date) -> datetime | None:
    return period.first(on.isoformat())
