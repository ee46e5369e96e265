"""The standing of evidence that comes by an import: judged as any other, by what stands before its transaction.

docs/policy.md, "standing"; docs/operations.md, "import".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from consent import standing
from consent.importing.import_line import Line
from consent.relations import contributions
from consent.standing import filed, judging
from consent.writing import settling
from consent.writing.change import UnitOfWork
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.relation import Relation
from resources.store.port import Transaction


async def terms(tx: Transaction, unit: UnitOfWork, agency: str, line: Line, resource: Mapping[str, Any]) -> set[str]:
    """The verdict on a line, none for what is no evidence. Raises Problem where its agency may not make it."""
    if line.type not in standing.BY_TYPE:
        return set()
    filing = await filed.of(tx, resource, None, agency, unit.facts, unit.look, unit.look_up, {})
    if refused := list(judging.refused(filing)):
        raise Problem("business-rule", *refused)
    return judging.judged(filing).terms()


def relations(line: Line, version: Version) -> frozenset[Relation]:
    """The rows that a line contributes: of evidence, by the verdict on it."""
    if line.type not in standing.BY_TYPE:
        return line.relations
    return contributions.of(orjson.loads(version.body), version.terms)


async def settle(unit: UnitOfWork, line: Line, version: Version) -> None:
    """Let the papers of a person do to one another what they do, with one that was just stored."""
    if line.type == "Consent":
        await settling.settle(unit, orjson.loads(version.body))
