"""A city's published list, taken in: what it changes, what it ends, what of it was not understood.

docs/operations.md, "a city's list". `take_in` is for callers in Python: it needs a gate, and neither files nor a shell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson

from api.commands import city_plan
from api.commands.city_plan import TYPES, Plan, Report, Standing
from consent import vocabulary
from consent.actor import Actor
from consent.gate import Gate
from consent.importing import laying_down
from consent.writing.prepared import Change
from profiles.spec import Spec
from resources.listing.reading import Words
from resources.listing.table import Table
from resources.record import coding, reference
from resources.search import fold, request
from resources.search.index import Index

SYSTEMS = ("adviser-field", "area-kind", "concern-field", "role")


def installer(now: datetime) -> Actor:
    """The named actor of the installation, under a purpose that no token can carry (P12)."""
    return Actor("installer", "", "", vocabulary.INSTALLATION, (), now, "city-import")


async def take_in(
    gate: Gate,
    index: Index,
    now: datetime,
    tables: Iterable[Table],
    day: date,
    *,
    complete: bool = False,
    strict: bool = False,
    dry: bool = False,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Take the list of a day in: checked whole first, and then written piece by piece.

    `complete`: desks that stand and are not in it are ended. `strict`: nothing is written where anything was not
    understood. `dry`: nothing is written. Where somebody else writes the directory meanwhile, the list is compared with
    it anew. Raises Problem.
    """
    actor, read = installer(now), list(tables)
    plans: list[Plan] = []

    async def plan() -> Sequence[Change]:
        standing = await directory(gate, index, actor)
        plans.append(city_plan.planned(read, words(index.spec), standing, day, complete=complete))
        return [] if dry or (strict and plans[-1].misunderstood) else list(plans[-1].changes)

    written = await laying_down.laid(gate, actor, "city import", plan, advance)
    last = plans[-1]
    if not written and (dry or (strict and last.misunderstood)):
        return last.report()
    return last.done(plans[:-1], written)


def words(spec: Spec) -> Words:
    """The codes of our systems by code, Japanese and English name."""
    return {
        system: {
            fold.folded(said): concept.code
            for concept in spec.concepts(f"{coding.BASE}/CodeSystem/{system}")
            for said in (concept.code, concept.display, concept.en)
            if said
        }
        for system in SYSTEMS
    }


async def directory(gate: Gate, index: Index, actor: Actor) -> Standing:
    """The directory as it stands, by the reference of each record."""
    found: Standing = {}
    async with gate.reading(actor, "search", "operation", "HealthcareService") as reads:
        for type in TYPES:
            wanted, after = request.parse(index, type, [("_count", "500"), ("_total", "none")]), ""
            while True:
                page = await reads.search(wanted, after)
                found |= {each.reference: orjson.loads(each.body) for each in page.versions}
                after = page.next
                if not after:
                    break
    return found


async def lacks(gate: Gate, index: Index, now: datetime) -> list[tuple[str, str]]:
    """What the directory lacks now, in Japanese and English."""
    fields = index.spec.concepts(f"{coding.BASE}/CodeSystem/concern-field")
    return lacking(await directory(gate, index, installer(now)), {each.code: each.display for each in fields})


def lacking(standing: Standing, fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a city's directory lacks, in Japanese and English: desks, posts, areas."""
    said: list[tuple[str, str]] = []
    of_type: dict[str, list[Mapping[str, Any]]] = {type: [] for type in TYPES}
    for each in standing.values():
        if each.get("active") is not False:
            of_type[each["resourceType"]].append(each)
    lead = coding.own("role", "lead-section")
    if not any(lead in coding.of(each.get("type")) for each in of_type["Organization"]):
        said.append(
            ("主管課（種別「主管課」の機関）がありません", "there is no lead section: an agency of the kind 主管課")
        )
    if not any(coding.codes(each.get("type"), "area-kind") for each in of_type["Location"]):
        said.append(("圏域がありません", "there are no areas"))
    starred = [
        each for each in of_type["HealthcareService"]
        if coding.own("desk", "fallback-desk") in coding.of(each.get("characteristic"))
    ]  # fmt: skip
    for code, ja in fields.items():
        if not any(code in coding.codes(each.get("category"), "concern-field") for each in starred):
            said.append((f"「{ja}」の★の窓口がありません", f"there is no ★ desk for `{code}`"))
    posts = frozenset[str]().union(*(coding.codes(each.get("code"), "role") for each in of_type["PractitionerRole"]))
    for role, ja in (
        ("lead-section", "主管課"), ("convener", "支援会議の所管課長"), ("coordinator", "相談支援包括化推進員"),
        ("directory-keeper", "相談機関一覧の管理担当"), ("auditor", "監査担当"), ("emergency", "緊急対応担当"),
    ):  # fmt: skip
        if role not in posts:
            said.append((f"{ja}の職がありません", f"nobody holds a post of `{role}`"))
    keepers = {reference.one(each, "organization") for each in of_type["PractitionerRole"]}
    unstaffed = {reference.one(each, "providedBy") for each in starred} - keepers - {""}
    if unstaffed:
        many = len(unstaffed)
        said.append((f"★の窓口に職員のいない機関が {many} あります", f"{many} agencies with a ★ desk have no staff"))
    return said
