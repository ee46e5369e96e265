"""How long one write holds the writer that changes much at once: the longest of the transactions in which it is done.

docs/figures.md; docs/operations.md, "limits"
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Literal, cast

import orjson

from api import walks
from bench import figure, fill, inside
from bench.city import OWN, City, Json, concept, ref
from bench.figure import Figure
from bench.inside import Inside
from bench.writer_held import Timed
from consent import derivation, vocabulary
from consent.actor import Actor
from consent.acts import confirming_posts, declaring_conflict, naming_by_mistake
from consent.acts.declaring_conflict import Conflict
from consent.acts.naming_by_mistake import Misnaming
from consent.acts.protecting import Protect
from consent.acts.reply import Reply
from consent.duties import consent
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.provision.enforceable_provision import MOST_ROWS
from consent.writing.prepared import Change
from profiles import load
from resources.search.index import Index
from resources.store import open as stores
from resources.store.port import Store

ROUNDS = 3
OFTEN = 300
"""So often a record was written that named somebody by mistake."""
SHARING = 15
"""So many share a dwelling."""
ENTRIES = 500
"""So many records one names."""
SIGNED = consent.MOST_ACTIVE
"""So many consents of a person, all that an agency may have active, end by one word."""
PAPERS = consent.MOST_PAPERS
"""So many papers of a person an agency has filed; the last of them is looked at beside all others."""
RECIPIENTS = (100, MOST_ROWS - 1)
"""So many agencies a consent with an exception permits something to; the second is the most that one may name."""

ASKS, LEAD, KEEPER = "agency-0", "lead", "keeper"
_PIECE = 40


def measured(whole: City, folder: Path, made: Path, bar: float) -> Iterator[Figure]:
    """Each act in a copy of the city, some times over."""
    rounds = []
    for number in range(ROUNDS):
        copy = made / f"alone-{number}"
        shutil.copytree(folder, copy)
        rounds.append(asyncio.run(_held(whole, copy)))
        shutil.rmtree(copy)
    for what in rounds[0]:
        yield figure.at_most(f"{what} holds the writer", median(each[what] for each in rounds), bar, "ms")


async def _held(whole: City, folder: Path) -> dict[str, float]:
    """Milliseconds that others wait at most for each act."""
    spec = load.load()
    store = Timed(stores.opened(str(folder), generation=derivation.generation(spec)))
    await store.open()
    acting = _Acting(whole, Gate(PolicyEngine.of(cast(Store, store), spec, Index(spec, fill.BASE))))
    taken: dict[str, float] = {}

    async def held(what: str, act: Awaitable[Any]) -> Any:
        store.longest = 0.0
        done = await act
        taken[what] = store.longest
        return done

    try:
        await acting.made_ready()
        walks.leave_alone()
        await held(f"the last of {PAPERS} consents of one person", acting.last_paper())
        for many in RECIPIENTS:
            await held(f"a consent that begins for {many} agencies, each of which is told,", acting.consent(many))
            await held(f"its end, of which each of the {many} is told,", acting.consent(many, "inactive"))
        await held(f"a word that ends {SIGNED} consents of one person", acting.word())
        task = await held(f"a mistake said of a record of {OFTEN} versions", acting.mistake_said())
        await held(f"its confirmation, of {OFTEN} versions,", acting.mistake_confirmed(task))
        await held(f"a protection of {SHARING} who share a dwelling", acting.protection())
        many = declaring_conflict.MOST
        await held(f"a conflict of interest with {many} persons", acting.conflict(many))
        many = confirming_posts.MOST
        await held(f"a confirmation of {many} posts", acting.posts(many))
        await held(f"a list of {ENTRIES} records", acting.list_of(ENTRIES))
        return taken
    finally:
        await store.close()


class _Acting:
    """What is done, by an officer of an agency and by the lead section."""

    def __init__(self, whole: City, gate: Gate) -> None:
        self._whole, self._gate = whole, gate
        self._officer, self._lead, self._keeper = (
            inside.Officer(Inside(whole, gate), name).actor for name in (ASKS, LEAD, KEEPER)
        )
        self._installer = replace(inside.DESK, client="installer", purpose=vocabulary.INSTALLATION, scopes=())

    async def made_ready(self) -> None:
        agencies = [{"resourceType": "Organization", "id": f"told-{n}", "name": f"{n}"} for n in range(max(RECIPIENTS))]
        posts = [("lead-section", LEAD, LEAD), ("directory-keeper", KEEPER, LEAD)]
        await self._write(self._installer, [{"resourceType": "Organization", "id": LEAD, "name": LEAD}, *agencies])
        await self._write(self._installer, [_person(name) for _, name, _ in posts])
        await self._write(self._installer, [_post(name, agency, code) for code, name, agency in posts])
        staff = [f"new-{n}" for n in range(confirming_posts.MOST)]
        await self._write(self._installer, [_person(name) for name in staff])
        await self._write(self._keeper, [_post(name, ASKS, "officer") for name in staff])
        persons = [self._whole.person(-1 - n, "水無瀬") | {"id": f"p{n}"} for n in range(declaring_conflict.MOST)]
        sheets = [_sheet(n) for n in (_TOLD, _WORD, _PAPERS)]
        await self._write(self._officer, [*persons, *sheets, _household(SHARING)])
        await self._write(self._officer, [self._concern(n) for n in range(ENTRIES)])
        await self._write(self._officer, [self._consent(f"s{n}", _WORD, 1) for n in range(SIGNED)])
        papers = [self._consent(f"paper-{n}", _PAPERS, 1) for n in range(PAPERS - 1)]
        over, stand = papers[: PAPERS - SIGNED], papers[PAPERS - SIGNED :]
        for place in range(0, len(over), _PIECE):
            some = over[place : place + _PIECE]
            await self._write(self._officer, some)
            await self._write(self._officer, [each | {"status": "inactive"} for each in some], "update")
        await self._write(self._officer, stand)
        await self._write(self._officer, [self._concern(0, "wrong", _WRONG)])
        for number in range(OFTEN - 1):
            whom = _WRONG if number < OFTEN - 3 else _RIGHT
            await self._write(self._officer, [self._concern(number, "wrong", whom)], "update")

    async def consent(self, many: int, status: str = "active") -> None:
        said = self._consent(f"told-{many}", _TOLD, many) | {"status": status}
        await self._write(self._officer, [said], "create" if status == "active" else "update")

    async def last_paper(self) -> None:
        await self._write(self._officer, [self._consent("last", _PAPERS, 1)])

    async def word(self) -> None:
        ended: Json = {"status": "inactive", "category": [concept(f"{OWN}record-category", "revocation")]}
        ended |= {"policyRule": concept(f"{OWN}record-category", "revocation"), "provision": {"type": "permit"}}
        said = self._consent("word", _WORD, 1) | ended
        bare = {name: value for name, value in said.items() if name not in ("sourceReference", "performer")}
        await self._write(self._officer, [bare])

    async def mistake_said(self) -> str:
        do = partial(
            naming_by_mistake.asked, said=Misnaming("Condition/wrong", f"Patient/p{_WRONG}", "同姓の別の人だった")
        )
        done = await self._gate.operate(self._officer, ("$mark-mistake", "Condition/wrong"), do)
        return done.task.id

    async def mistake_confirmed(self, task: str) -> None:
        do = partial(naming_by_mistake.answered, said=Reply(task, True, "住民票で確かめた"))
        await self._gate.operate(self._lead, ("$mark-mistake", f"Task/{task}"), do)

    async def protection(self) -> None:
        code = {"system": f"{OWN}secrecy-label", "code": "address-secret"}
        shares = tuple(f"Patient/p{n}" for n in range(1, SHARING))
        await self._gate.protect(self._officer, Protect("Patient/p0", code, (f"Organization/{ASKS}",), shares))

    async def conflict(self, many: int) -> None:
        persons = tuple(f"Patient/p{n}" for n in range(many))
        do = partial(declaring_conflict.declared, asked=Conflict("Practitioner/officer-agency-7", persons))
        await self._gate.operate(self._officer, ("$declare-conflict", *persons), do)

    async def posts(self, many: int) -> None:
        named = [f"PractitionerRole/post-new-{n}" for n in range(many)]
        do = partial(confirming_posts.confirmed, named=named)
        await self._gate.operate(self._officer, ("$confirm-posts", *named), do)

    async def list_of(self, many: int) -> None:
        entries = [{"item": ref("Condition", f"c{n}")} for n in range(many)]
        said: Json = {"resourceType": "List", "id": "all", "status": "current", "mode": "working", "entry": entries}
        await self._write(self._officer, [said])

    async def _write(
        self, who: Actor, resources: Iterable[Json], method: Literal["create", "update"] = "create"
    ) -> None:
        changes = [Change(method, each["resourceType"], each["id"], orjson.dumps(each)) for each in resources]
        for place in range(0, len(changes), _PIECE):
            await self._gate.commit(who, changes[place : place + _PIECE])

    def _concern(self, number: int, id: str = "", person: int = 20) -> Json:
        return self._whole.concern(number, f"p{person}") | {"id": id or f"c{number}"}

    def _consent(self, id: str, person: int, many: int) -> Json:
        """Of one of them, signed on their sheet, to so many agencies."""
        said = self._whole.consent(_FAR, f"p{person}", 1, 0) | {"id": id}
        said |= {"organization": [ref("Organization", ASKS)], "sourceReference": ref(*_sheet_of(person))}
        [actor] = said["provision"]["actor"]
        actors = [actor | {"reference": ref("Organization", f"told-{n}")} for n in range(many)]
        return said | {"provision": said["provision"] | {"actor": actors}}


_TOLD, _WORD, _WRONG, _RIGHT, _PAPERS = 21, 22, 23, 24, 19
"""Of the persons those whose consents are told of, or ended; who was named by mistake, and who was meant. Of the one
before them much is recorded, of the one before that many papers; the first share a dwelling."""

_FAR = 100_000
"""Beyond those whose consents reach the agencies that read the city's."""


def _sheet_of(person: int) -> tuple[str, str]:
    return "QuestionnaireResponse", f"sheet-{person}"


def _sheet(person: int) -> Json:
    said: Json = {"resourceType": "QuestionnaireResponse", "id": f"sheet-{person}", "status": "completed"}
    return said | {"authored": "2026-04-01", "subject": ref("Patient", f"p{person}")}


def _household(many: int) -> Json:
    members = [{"entity": ref("Patient", f"p{n}")} for n in range(many)]
    return {"resourceType": "Group", "id": "sharing", "type": "person", "actual": True, "member": members}


def _person(name: str) -> Json:
    return {"resourceType": "Practitioner", "id": f"officer-{name}", "active": True, "name": [{"text": name}]}


def _post(name: str, agency: str, code: str) -> Json:
    post: Json = {"resourceType": "PractitionerRole", "id": f"post-{name}", "active": True}
    post |= {"practitioner": ref("Practitioner", f"officer-{name}"), "organization": ref("Organization", agency)}
    return post | {"code": [concept(f"{OWN}role", code)]}
