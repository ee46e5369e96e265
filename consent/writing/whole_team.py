"""A consent means by a team the agencies in it, and names a team that its filer is shown whole.

docs/policy.md, D1 and "consent": what opens by it would tell who is in a team of which that is withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from consent.relations import teams
from consent.rule import Decision
from resources.record import problem, reference
from resources.record.problem import Problem
from resources.record.version import Version


class Beside(Protocol):
    """The unit of work: what has been looked up, and what is withheld of it from the writer."""

    found: dict[str, Version | None]

    async def masked(self, version: Version) -> Decision: ...


async def named(unit: Beside, consent: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """Raises Problem where a Consent begins to name a team of which something is withheld from its writer."""
    had = {reference.one(actor, "reference") for _, actor in teams.named(before or {})}
    for path, actor in teams.named(consent):
        team = unit.found.get(name := reference.one(actor, "reference"))
        if name not in had and team and (await unit.masked(team)).masks:
            at = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)
            raise Problem("business-rule", problem.of_rule("D1", *_SINGLY, f"Consent{at}.reference"))


_SINGLY = (
    "who is in this team is not shown to you whole: name the agencies that the person signed for one by one, or have "
    "somebody file it whom the list of the protection names",
    "この支援チームの構成は、あなたには全部は示されません。本人が署名した提供先の機関を一つずつ記入するか、"
    "秘匿の名簿にある人が登録してください",
)
