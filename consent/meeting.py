"""One conference as the conference ground (P4) asks about it: what is fulfilled, what is not, what it opens.

Ordinance of the 支援会議, art. 2 to 6; docs/policy.md, P4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.evidence import HeldRole
from consent.ordinance import Ordinance
from consent.rule import Evidence, Text
from resources import conference
from resources.record import coding, envelope, period, reference
from resources.record.version import Version


@dataclass(frozen=True, slots=True)
class Papers:
    """The records that bear on one conference."""

    meeting: Version
    cases: Sequence[Version]
    standing: Sequence[Version]
    letters: Sequence[Version]
    tabled: Sequence[Version]
    posts: Sequence[Version]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A conference whose roster names the actor.

    `subjects` are the persons fixed when it opened. `listed` says whether a seat of theirs is not over. `lacks` are the
    conditions of P4 that are not fulfilled; the purpose of the token is not among them. `tabled` are records, each with
    the agency that tabled it, and `agencies` those that have a seat now.
    """

    reference: str
    listed: bool
    lacks: tuple[Text, ...]
    evidence: tuple[Evidence, ...]
    basis: str
    subjects: frozenset[str]
    opened: frozenset[str]
    itself: frozenset[str]
    tabled: frozenset[tuple[str, str]] = frozenset()
    agencies: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


def read(papers: Papers, seats: frozenset[str], now: datetime, ordinance: Ordinance) -> Meeting:
    """Judge a conference for the person that has these seats (references to a person or a post)."""
    found = evidence.body(papers.meeting)
    own = [seat for seat in conference.seats(found) if seat.member in seats]
    mine = [seat for seat in own if seat.taken(now)]
    acknowledged = list(_acknowledged(papers.letters, seats))
    fixed = verdict.read(papers.meeting.terms).fixed
    rests_on = [Evidence(evidence.cite(papers.meeting), Text("the conference and its roster", "支援会議と出席者"))]
    rests_on += [Evidence(evidence.cite(team), _STANDING) for team in papers.standing]
    rests_on += [Evidence(evidence.cite(letter), _ACKNOWLEDGEMENT) for letter, _ in acknowledged]
    rests_on += [Evidence(evidence.cite(case), Text("the case on the agenda", "議題の事例")) for case in papers.cases]
    return Meeting(
        reference=papers.meeting.reference,
        listed=any(seat.kept(now) for seat in own) and found.get("status") not in _OVER,
        lacks=tuple(_lacks(found, papers, bool(mine), {what for _, what in acknowledged}, seats, now, ordinance)),
        evidence=tuple(rests_on),
        basis=conference.legal_basis(found),
        subjects=frozenset(name for name in fixed if name.startswith("Patient/")),
        opened=conference.opened_categories(found),
        itself=frozenset([*(case.reference for case in papers.cases), *(n for n in fixed if n.startswith("Group/"))]),
        tabled=frozenset(_tabled(papers)),
        agencies=frozenset(held.agency for held in _held(papers, found, now)),
    )


def _lacks(
    found: Mapping[str, Any],
    papers: Papers,
    seated: bool,
    acknowledged: set[str],
    seats: frozenset[str],
    now: datetime,
    ordinance: Ordinance,
) -> Iterator[Text]:
    if not any(vocabulary.CONVENER in held for held in _functions(papers, found, now)):
        yield Text(
            "the meeting was not convened by the convener (art. 4)", "支援会議の所管課長が招集していない（第4条）"
        )
    if not conference.kinds(found) & ordinance.statutory or conference.legal_basis(found) not in ordinance.bases:
        yield Text("the meeting is not a statutory conference (R27)", "法に基づく支援会議ではない（R27）")
    if found.get("status") != "in-progress":
        yield Text("the meeting is not open", "会議が開会していない、または閉会した")
    held = conference.is_in_window(found, now)
    if held is None:
        yield Text("the meeting's window cannot be told", "会議の期間を読み取れない")
    elif not held:
        yield Text("the meeting is outside its window", "会議の期間の外である")
    if not papers.cases:
        yield Text("no case is on the agenda", "議題に事例がない")
    if not verdict.read(papers.meeting.terms).fixed:
        yield Text("nobody was fixed as its persons when it opened (R38)", "開会時に対象の世帯が定まっていない（R38）")
    if not seated:
        yield Text("the person is not on this meeting's roster (R29)", "この会議の出席者ではない（R29）")
    if not _standing(papers.standing, seats, now):
        yield Text("the person is not on the standing roster (art. 3)", "構成員名簿に載っていない（第3条）")
    if conference.INVITATION not in acknowledged:
        yield Text("secrecy was not acknowledged at the invitation (R35)", "招集時の守秘義務の確認がない（R35）")
    if conference.OPENING_NOTICE not in acknowledged:
        yield Text("secrecy was not acknowledged at the opening (R35)", "会議冒頭の守秘義務の確認がない（R35）")


def _functions(papers: Papers, found: Mapping[str, Any], now: datetime) -> Iterator[frozenset[str]]:
    """What those hold who sit there as the convener."""
    convening = {seat.member for seat in conference.seats(found) if vocabulary.CONVENER in seat.functions}
    posts = (evidence.post(version, now) for version in papers.posts if version.reference in convening)
    return (held.functions for held in posts if held)


def _held(papers: Papers, found: Mapping[str, Any], now: datetime) -> Iterator[HeldRole]:
    """The posts that have a seat now and are held now."""
    taken = {seat.member for seat in conference.seats(found) if seat.taken(now)}
    posts = (evidence.post(version, now) for version in papers.posts if version.reference in taken)
    return (held for held in posts if held)


def _standing(teams: Sequence[Version], seats: frozenset[str], now: datetime) -> bool:
    return any(
        period.contains(span, now) is True
        for team in teams
        if evidence.is_open(team)
        for span in evidence.participant_periods(evidence.body(team), seats)
    )


def _acknowledged(letters: Sequence[Version], seats: frozenset[str]) -> Iterator[tuple[Version, str]]:
    """The person's own acknowledgements, each with the kind of letter it answers."""
    bodies = {letter.reference: evidence.body(letter) for letter in letters}
    kinds = {name: coding.of(found.get("category")) for name, found in bodies.items()}
    for letter in letters:
        answer = bodies[letter.reference]
        if not conference.acknowledges(answer) or reference.one(answer, "sender") not in seats:
            continue
        answers = reference.many(answer, "inResponseTo")
        for answered in answers if len(answers) == 1 else ():
            for kind in (conference.INVITATION, conference.OPENING_NOTICE):
                if kind in kinds.get(answered, ()):
                    yield letter, kind


def _tabled(papers: Papers) -> Iterator[tuple[str, str]]:
    """What lies on the table, with who laid it there: an agency tables what it keeps."""
    for version in papers.tabled:
        if evidence.is_open(version):
            keeper = envelope.value(version.terms, ".custodian")
            yield from ((name, keeper) for name in _entries(evidence.body(version)))


def _entries(listing: Mapping[str, Any]) -> Iterable[str]:
    return reference.locals_of([entry.get("item") for entry in listing.get("entry") or () if not entry.get("deleted")])


_OVER = ("finished", "cancelled", "entered-in-error")
_STANDING = Text("the standing roster", "構成員名簿")
_ACKNOWLEDGEMENT = Text("the acknowledgement of secrecy", "守秘義務の確認")
