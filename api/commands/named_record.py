"""Whom an operator's command names: a member of staff, a citizen, an agency, who must stand in the store.

docs/oauth.md, "accounts" and "clients"
"""

from __future__ import annotations

from datetime import datetime

import orjson

from consent.relations import people
from resources.record import period, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, has_one_of
from resources.store.port import Snapshot, Store

NAMED: Predicate = has_one_of(".type", {"Organization", "Patient", "Practitioner", "PractitionerRole", "RelatedPerson"})
"""Under this a command looks whether whom it names is there; nothing of them is shown."""


class NotNamedError(Exception):
    """The command cannot be done; the text says why, and a note says it in Japanese."""

    def __init__(self, text: str, ja: str) -> None:
        super().__init__(text)
        self.add_note(ja)


async def person(store: Store, name: str, now: datetime) -> tuple[str, str]:
    """Whose account it is to be, and a remark, empty where there is none. Raises NotNamedError.

    A post means the person who holds it. A citizen is a Patient, or a RelatedPerson of one.
    """
    async with store.snapshot(now=period.instant(now)) as view:
        found = await _there(view, name, ("Practitioner", "PractitionerRole", "Patient", "RelatedPerson"))
        if found.type == "PractitionerRole":
            whose = reference.one(orjson.loads(found.body), "practitioner")
            if not whose:
                text = f"`{name}` is nobody's post: enter who holds it first"
                raise NotNamedError(text, f"`{name}` は、だれの職でもありません。先に職員を登録してください")
            found = await _there(view, whose, ("Practitioner",))
        if found.type == "RelatedPerson":
            await _there(view, reference.one(orjson.loads(found.body), "patient"), ("Patient",))
        return found.reference, await _remark(view, found.reference, now)


async def agency(store: Store, name: str) -> None:
    """Raises NotNamedError where there is no such agency."""
    async with store.snapshot() as view:
        await _there(view, name, ("Organization",))


async def _there(view: Snapshot, name: str, types: tuple[str, ...]) -> Version:
    wanted = " / ".join(f"{type}/id" for type in types)
    type, _, id = name.partition("/")
    if type not in types or not id or reference.local(name) != name:
        raise NotNamedError(f"`{name}` is no {wanted}", f"`{name}` は {wanted} ではありません")
    found = await view.get(type, id, within=NAMED)
    if found is None or found.deleted:
        raise NotNamedError(f"there is no `{name}`", f"`{name}` は登録されていません")
    if orjson.loads(found.body).get("active") is False:
        raise NotNamedError(f"`{name}` is ended", f"`{name}` は終了しています")
    return found


async def _remark(view: Snapshot, name: str, now: datetime) -> str:
    if not name.startswith("Practitioner/"):
        return ""
    known = (await people.of(view, [name], now))[name]
    return "" if known.agencies else "今は職がないため、何も見られません / holds no post now, and sees nothing"
