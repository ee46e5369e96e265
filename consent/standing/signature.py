"""Who may sign a consent: the person who is of age and no ward, else a parent or guardian recorded beforehand.

docs/policy.md, "standing", signature; R3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from consent.standing.signed import Kin, Signing, day
from resources.record import coding, period, reference

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


def is_against(consent: Resource, signing: Signing) -> bool:
    """Whether one against whom the person is protected signed it: it is kept, and counts for nothing."""
    return bool(signing.against.intersection(reference.many(consent, "performer")))


def guardians(consent: Resource, signing: Signing) -> list[Kin]:
    """The confirmed guardians of the person as they stood on the day of signing: the person is a ward."""
    signed, person = day(consent), reference.one(consent, "patient")
    return [one for one in signing.kin.values() if one.confirmed and signed and _stands_for(one.now, person, signed)]


def lapses(consent: Resource, signing: Signing) -> datetime | None:
    """From when on it grants no more, since another signed for a minor: the day they may be of age."""
    person = reference.one(consent, "patient")
    performers = [name for name in reference.many(consent, "performer") if name != person]
    born = _born(signing.patient)
    if not performers or not born or not _is_minor(day(consent), born):
        return None
    return _start(_of_age(born[0]))


def _alone(name: str, consent: Resource, signing: Signing) -> bool:
    """Whether this one's signature alone would do."""
    person, signed = reference.one(consent, "patient"), day(consent)
    if signed is None:
        return False
    if name == person:
        return is_refusal(consent) or _is_of_age(consent, signing, signed)
    kin = signing.kin.get(name)
    return kin is not None and _may_stand_in(kin, person, signed, signing)


def _may_stand_in(kin: Kin, person: str, signed: date, signing: Signing) -> bool:
    recorded = all(_stands_for(each, person, signed) for each in (kin.then, kin.now))
    if not (recorded and any(_is_official(paper) for paper in kin.papers)):
        return False
    born = _born(signing.patient)
    roles = coding.of(kin.then.get("relationship")) & coding.of(kin.now.get("relationship"))
    if born and _is_minor(signed, born):
        return bool(roles & (_PARENTS | {GUARDIAN}))
    return GUARDIAN in roles and kin.confirmed


def _stands_for(kin: Resource, person: str, signed: date) -> bool:
    if reference.one(kin, "patient") != person or kin.get("active") is False:
        return False
    return period.contains(kin.get("period"), _start(signed)) is True


def _is_official(paper: Resource) -> bool:
    """A court's or a register's, as the agency has it in hand."""
    return paper.get("status") == "current" and bool(coding.codes(paper.get("type"), "guardianship-paper"))


def _is_of_age(consent: Resource, signing: Signing, signed: date) -> bool:
    born = _born(signing.patient)
    if born is None:
        return any(each.get("valueBoolean") is True for each in coding.extension(consent, "of-age"))
    return signed >= _of_age(born[1])


def _is_minor(signed: date | None, born: tuple[date, date]) -> bool:
    """Certainly; between the first and the last day that a birth date may mean nobody can tell."""
    return signed is not None and signed < _of_age(born[0])


def _born(patient: Resource) -> tuple[date, date] | None:
    """The first and the last day that the birth date may mean; None where it is not known."""
    said = patient.get("birthDate")
    if not isinstance(said, str):
        return None
    try:
        return period.first(said).date(), (period.after(said) - timedelta(days=1)).date()
    except (ValueError, TypeError, OverflowError):
        return None


def _of_age(born: date) -> date:
    return born + relativedelta(years=MAJORITY)


def _start(on: date) -> datetime:
    return period.first(on.isoformat())
