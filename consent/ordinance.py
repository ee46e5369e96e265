"""What the law and the ordinance say that is data: statutory kinds of conference, legal bases, the terms of the fund.

profiles/tsunagu/CodeSystem-conference-kind.json, CodeSystem-legal-basis.json and CodeSystem-fund.json; docs/policy.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from consent.rule import Text
from profiles import conference_kind
from profiles.spec import Spec
from resources.record import coding, period


@dataclass(frozen=True, slots=True)
class FundTerms:
    """The day from which the city's fund pays, and above how much a reason is asked for, in yen (F9, F10)."""

    valid_from: str = ""
    usual_amount: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A wording of the secrecy notice: its code, the basis it belongs to, and the days on which it is shown."""

    code: str
    basis: str
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ordinance:
    """`statutory` are the conference kinds placed under the Act; `bases` the articles by code, in words. With
    `advisers_first` the advisers meet from the start, and not only where the case conference could not decide;
    `advising` are the fields of advisers by the field of concern for which they attend."""

    statutory: frozenset[str]
    bases: Mapping[str, Text]
    fund: FundTerms = FundTerms()
    notices: tuple[Notice, ...] = ()
    advisers_first: bool = False
    advising: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def notice(self, basis: str, today: datetime) -> frozenset[str]:
        """The codes of the secrecy notices that are shown today in a conference on this basis."""
        return frozenset(
            each.code for each in self.notices if each.basis == basis and period.contains(each.shown, today) is True
        )


def of(spec: Spec) -> Ordinance:
    """Read the ordinance from the specification."""
    bases = spec.concepts(f"{coding.BASE}/CodeSystem/legal-basis")
    return Ordinance(
        statutory=conference_kind.statutory(),
        bases={concept.code: Text(concept.en, concept.display) for concept in bases},
        fund=_fund(spec),
        notices=tuple(_notices(spec)),
        advising=_advising(spec),
    )


def _advising(spec: Spec) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for concept in spec.artefacts[f"{coding.BASE}/CodeSystem/adviser-field"]["concept"]:
        for said in concept["property"]:
            found[said["valueCode"]] = found.get(said["valueCode"], frozenset()) | {concept["code"]}
    return found


def _notices(spec: Spec) -> Iterator[Notice]:
    for concept in spec.artefacts[f"{coding.BASE}/CodeSystem/secrecy-notice"]["concept"]:
        said = {each["code"]: each for each in concept["property"]}
        days = {"start": "valid-from", "end": "valid-to"}
        shown = {edge: str(said[name]["valueDateTime"]) for edge, name in days.items() if name in said}
        yield Notice(concept["code"], said["legal-basis"]["valueCode"], shown)


def _fund(spec: Spec) -> FundTerms:
    """The terms of the one fund that the city has."""
    (fund,) = spec.artefacts[f"{coding.BASE}/CodeSystem/fund"]["concept"]
    said = {each["code"]: each for each in fund["property"]}
    return FundTerms(said["valid-from"]["valueString"], said["usual-amount"]["valueInteger"])
