"""$invite and $acknowledge: secrecy is explained to a whole table in one call, and each there answers in one.

R34 and R35 of the domain; profiles/tsunagu/OperationDefinition-invite.json and -acknowledge.json. They write what a
client would write, under the same rules: the letters in the wording that is in force, and two answers a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from api import party_search
from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent import vocabulary
from consent.reading.reading import Reading
from consent.writing import change
from consent.writing.prepared import Change
from resources import conference
from resources.record import coding, period, problem, reference
from resources.record.problem import Problem

Json = dict[str, Any]

MOST = 500
"""So many letters of one meeting are looked at."""

_INVITATION, _NOTICE = "invitation", "opening-notice"
_WRITING = {"planned": (_INVITATION,), "arrived": (_INVITATION,), "in-progress": (_INVITATION, _NOTICE)}
"""Which letters are written while a meeting is at its status: who comes to an open one has had neither."""


async def invite(call: Call) -> Answer:
    """The invitation, and once the meeting is open the notice at its opening, to all at the table who had none yet."""
    text = await _text(call)
    async with call.on.gate.reading(call.actor, "search", "operation", "$invite") as reading:
        meeting = await _meeting(call, reading)
        kinds = _WRITING.get(str(meeting.get("status")))
        if kinds is None:
            raise _over("the meeting is over: nobody is invited to it any more", "会議は終わっています")
        written = {kind: await _letters(reading, call.id, kind) for kind in kinds}
        leading = {vocabulary.CONVENER, vocabulary.SECRETARIAT}
        seats = [seat for seat in conference.seats(meeting) if seat.member in reading.facts.seats]
        mine = [seat.member for seat in seats if seat.functions & leading and _there(kinds[-1])(seat, call.now)]
    if not mine:
        text = "the convener or the secretariat explains secrecy: ask them to"
        ja = "守秘義務の説明は招集者または事務局が行います。招集者か事務局に頼んでください"
        raise Problem("forbidden", problem.of_rule("R35", text, ja, "Encounter.participant", "forbidden"))
    made = [
        _letter(call, kind, meeting, new, text) | {"sender": {"reference": mine[0]}}
        for kind, letters in written.items()
        if (new := _without(kind, meeting, letters, call.now))
    ]
    return await _done(call, *made) if made else respond.json(_letters_of(call, written[kinds[-1]]))


def _there(kind: str) -> Callable[[conference.Seat, datetime], bool]:
    """Invited is before the day of the meeting, with which the seats may begin."""
    return conference.Seat.kept if kind == _INVITATION else conference.Seat.taken


def _without(kind: str, meeting: Json, letters: Sequence[Json], now: datetime) -> list[str]:
    """Who is at the table and had no letter of this kind."""
    known = {"", *(one for letter in letters for one in reference.many(letter, "recipient"))}
    seats = (seat.member for seat in conference.seats(meeting) if _there(kind)(seat, now))
    return [name for name in dict.fromkeys(seats) if name not in known]


async def acknowledge(call: Call) -> Answer:
    """The caller answers for themself the first letter of the meeting that they have not answered: one a call."""
    await _text(call, "")
    async with call.on.gate.reading(call.actor, "search", "operation", "$acknowledge") as reading:
        meeting = await _meeting(call, reading)
        seats = reading.facts.seats
        said = [("sender", ",".join(sorted(seats))), ("category", "acknowledgement")]
        answers = await _found(reading, call.id, *said) if seats else []
        answered = {name for each in answers for name in reference.many(each, "inResponseTo")}
        kinds = [_INVITATION, *([_NOTICE] if meeting.get("status") == "in-progress" else [])]
        letters = [each for kind in kinds for each in await _letters(reading, call.id, kind)]
    for letter in letters:
        mine = [one for one in reference.many(letter, "recipient") if one in seats]
        if mine and f"Communication/{letter['id']}" not in answered:
            return await _done(call, _answer(call, letter, mine[0]))
    raise _over(
        "there is no letter of this meeting that you have not answered; the notice at the opening is answered once "
        "the meeting is open",
        "この会議の知らせで、まだ確認していないものはありません。冒頭の説明は、会議が開いてから確認します",
    )


async def _meeting(call: Call, reading: Reading) -> Json:
    body: Json = orjson.loads((await reading.read("Encounter", call.id)).body)
    return body


async def _letters(reading: Reading, id: str, kind: str) -> list[Json]:
    return await _found(reading, id, ("category", kind))


async def _found(reading: Reading, id: str, *said: tuple[str, str]) -> list[Json]:
    asked = [("encounter", f"Encounter/{id}"), *said, ("_sort", "_lastUpdated"), ("_count", str(MOST))]
    _, found = await party_search.search(reading.engine.index, reading, "Communication", asked)
    return [orjson.loads(each.body) for each in found]


def _letter(call: Call, kind: str, meeting: Mapping[str, Any], to: Sequence[str], text: str) -> Json:
    law = call.on.gate.engine.ordinance
    current = sorted(law.notice(conference.legal_basis(meeting), call.now))
    system = f"{coding.BASE}/CodeSystem/secrecy-notice"
    said = {each.code: each for each in call.on.spec.concepts(system)}
    letter = _of_meeting(call, kind) | {"recipient": [{"reference": name} for name in to]}
    if current:
        letter["topic"] = {"coding": [{"system": system, "code": code} for code in current]}
        notice = [f"{said[code].display} / {said[code].en}" for code in current if code in said]
        letter["payload"] = [{"contentString": each} for each in (*([text] if text else ()), *notice)]
    return letter


def _answer(call: Call, letter: Mapping[str, Any], who: str) -> Json:
    answer = _of_meeting(call, "acknowledgement") | {"sender": {"reference": who}}
    return answer | {"inResponseTo": [{"reference": f"Communication/{letter['id']}"}]}


def _of_meeting(call: Call, kind: str) -> Json:
    category = {"system": f"{coding.BASE}/CodeSystem/communication-category", "code": kind}
    word: Json = {"resourceType": "Communication", "status": "completed", "category": [{"coding": [category]}]}
    return word | {"encounter": {"reference": f"Encounter/{call.id}"}, "sent": period.instant(call.now)}


async def _done(call: Call, *letters: Json) -> Answer:
    """They are written together; of several the last is told."""
    asked = [Change("create", "Communication", change.new_id(), orjson.dumps(letter)) for letter in letters]
    *_, done = await call.on.gate.commit(call.actor, asked)
    return respond.written(call, done)


def _letters_of(call: Call, letters: Sequence[Json]) -> Json:
    """What was written before, where nobody is new at the table."""
    here = f"{call.on.settings.fhir}/Encounter/{call.id}/$invite"
    entries: list[Json] = [{"resource": each, "search": {"mode": "match"}} for each in letters]
    return respond.bundle("searchset", len(entries), [("self", here)], entries)


async def _text(call: Call, name: str = "text") -> str:
    """What the body says beside the notice. Raises Problem `invalid`, `structure`."""
    return parameters.word(await parameters.inputs(call, (name,) if name else ()), "text").strip()


def _over(text: str, ja: str) -> Problem:
    return Problem("business-rule", problem.of_rule("R35", text, ja, "Encounter.status"))
