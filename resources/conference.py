"""The 支援会議: an Encounter of its own class, with a window, a roster, an agenda and a legal basis.

Act on Self-Reliance Support for Needy Persons, Art. 9; Okayama City's ordinance of the conference, art. 2 to 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from profiles import conference_kind
from resources.record import coding, moment, period, reference, wording
from resources.record.reference import Resource

INVITATION = coding.own("communication-category", "invitation")
OPENING_NOTICE = coding.own("communication-category", "opening-notice")
ACKNOWLEDGEMENT = coding.own("communication-category", "acknowledgement")


@dataclass(frozen=True, slots=True)
class Seat:
    """One participant of a meeting: who, as what, and from when to when."""

    member: str
    functions: frozenset[str]
    period: Any

    def taken(self, now: datetime) -> bool:
        """Whether the seat is surely held now."""
        return period.contains(self.period, now) is True

    def kept(self, now: datetime) -> bool:
        """Whether the seat is surely not over: a meeting is invited to before its day."""
        held = period.span(self.period)
        return held is not None and period.instant(now) < held[1]


def seats(meeting: Resource) -> Iterator[Seat]:
    """The roster of this meeting."""
    for participant in meeting.get("participant") or ():
        functions = coding.codes(participant.get("type"), "role")
        yield Seat(reference.one(participant, "individual"), functions, participant.get("period"))


def is_in_window(meeting: Resource, now: datetime) -> bool | None:
    """Whether it is the time of the meeting, which ends with its day at the latest; None where it cannot be told."""
    held = period.contains(meeting.get("period"), now)
    if not held:
        return held
    of_window = day(meeting)
    return None if of_window is None else moment.local_day(moment.of(now)) == of_window


def is_on_one_day(meeting: Resource) -> bool:
    """Whether the window, as it is written, begins and ends on one local day."""
    first, (_, last) = day(meeting), period.days(meeting.get("period")) or (None, None)
    return first is not None and first == last


def day(meeting: Resource) -> date | None:
    """The local day on which the window begins; None where it says none."""
    written = meeting.get("period")
    start = written.get("start") if isinstance(written, Mapping) else None
    first, last = period.days({"start": start, "end": start}) or (None, None)
    return first if first == last else None


MATERIAL = f"{coding.BASE}/Questionnaire/conference-material"
"""The form of what an agency puts in order for a meeting (R23)."""

DECIDING = frozenset({"case-conference", "adviser-conference"})
"""The kinds of conference that decide on direction, priorities and roles (R22)."""


def kinds(meeting: Resource) -> frozenset[str]:
    return coding.codes(meeting.get("type"), "conference-kind")


def legal_basis(meeting: Resource) -> str:
    """The code of the article under which the meeting is held, or empty."""
    found = [coding.codes(entry.get("valueCodeableConcept"), "legal-basis") for entry in _ext(meeting, "legal-basis")]
    return next((code for codes in found for code in sorted(codes)), "")


def is_statutory(meeting: Resource) -> bool:
    """Whether it is convened as a 支援会議 of the Act: of a kind that may be one, and on its basis."""
    return bool(kinds(meeting) & conference_kind.statutory() and legal_basis(meeting))


def agenda(meeting: Resource) -> tuple[str, ...]:
    """The cases (CarePlan) the meeting is convened for."""
    return tuple(found for entry in _ext(meeting, "agenda") if (found := reference.one(entry, "valueReference")))


def opened_categories(meeting: Resource) -> frozenset[str]:
    """The kinds of record (resource types) the convener opens to the meeting."""
    return frozenset(str(entry["valueCode"]) for entry in _ext(meeting, "opened-category") if "valueCode" in entry)


def acknowledges(letter: Resource) -> bool:
    """Whether by this letter somebody acknowledged secrecy: one that says that it was not done binds nobody."""
    return ACKNOWLEDGEMENT in coding.of(letter.get("category")) and letter.get("status") == "completed"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a meeting came to; of what was decided the direction, and what comes first, second and so on."""

    outcome: str = ""
    direction: str = ""
    priorities: tuple[str, ...] = ()


def decision(meeting: Resource) -> Decision:
    """What a meeting came to, empty where it does not say."""
    for entry in _ext(meeting, "conference-decision"):
        parts = entry.get("extension") or ()
        said = {part.get("url"): part for part in parts}
        codes = coding.codes((said.get("outcome") or {}).get("valueCoding"), "conference-outcome")
        ordered = [str(part.get("valueString", "")).strip() for part in parts if part.get("url") == "priority"]
        direction = str((said.get("direction") or {}).get("valueString", "")).strip()
        direction = direction if wording.tells(direction) else ""
        first = tuple(each for each in ordered if any(map(str.isalnum, each)))
        return Decision(next(iter(sorted(codes)), ""), direction, first)
    return Decision()


def necessity(meeting: Resource) -> str:
    """Why the exchange is necessary although somebody refused; empty where it is not said."""
    said = (entry.get("valueString") for entry in _ext(meeting, "necessity"))
    return next((text.strip() for text in said if isinstance(text, str)), "")


def persons_added(meeting: Resource) -> str:
    """Why those who joined the household after the meeting opened are before it too; empty where nobody was added."""
    reasons = [entry.get("valueString") for entry in _ext(meeting, "persons-added")]
    return next((reason.strip() for reason in reasons if isinstance(reason, str)), "")


def adds_persons(before: Resource, after: Resource) -> bool:
    """Whether a write of the meeting adds who is in the household now, for a reason of its own."""
    return wording.tells(persons_added(after)) and persons_added(after) != persons_added(before)


def roster_gaps(meeting: Resource) -> dict[str, str]:
    """Concern fields left without an agency at the table, each with the reason given (R38)."""
    gaps = {}
    for entry in _ext(meeting, "roster-gap"):
        parts = {part.get("url"): part for part in entry.get("extension") or ()}
        reason = (parts.get("reason") or {}).get("valueString", "")
        for field in coding.codes((parts.get("field") or {}).get("valueCoding"), "concern-field"):
            gaps[field] = str(reason).strip()
    return gaps


def _ext(meeting: Resource, name: str) -> list[Mapping[str, Any]]:
    return coding.extension(meeting, name)
