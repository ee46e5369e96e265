"""The minutes of a conference are kept by its secretariat, or by the convener: there is one record of what was said.

Ordinance art. 7: R36 of the domain (slide 13: 会議の事務局としての機能を担います).
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources import conference
from resources.record import envelope, reference
from resources.record.problem import Issue

_KEEPING = frozenset({vocabulary.CONVENER, vocabulary.SECRETARIAT})


def kept_by_the_secretariat(change: Transition) -> Iterator[Issue]:
    """R36: a Composition of a conference is its minutes; an agency brings material and opinions in other forms."""
    named = {reference.one(each, "encounter") for each in (change.before or {}, change.after or {})}
    meetings = [found for name in sorted(named) if envelope.is_conference(found := change.look(name) or {})]
    for meeting in meetings:
        seats = conference.seats(meeting)
        if not any(seat.functions & _KEEPING and seat.member in change.facts.seats for seat in seats):
            yield violation(
                "R36",
                "the secretariat of the meeting keeps its minutes: send it what is to stand there, or bring it as "
                "material (QuestionnaireResponse `conference-material`, DocumentReference) or opinion (Communication)",
                "議事録は会議の事務局が書きます。載せたいことは事務局に伝えるか、資料（QuestionnaireResponse "
                "conference-material、DocumentReference）か意見（Communication）として出してください",
                "Composition.encounter",
                "forbidden",
            )
    if meetings and change.action == "delete":
        yield violation(
            "R36",
            "minutes are kept: correct them by a new version (`amended`), or say that they were `entered-in-error`",
            "議事録は残します。直すときは新しい版（amended）を書き、誤りなら entered-in-error としてください",
            "Composition.status",
        )
