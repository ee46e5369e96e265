"""The duties that are asked of a line of an import, as of whatever its agency creates.

docs/operations.md, "import"; docs/policy.md, "duties".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from consent import duties, vocabulary
from consent.duties import handling, staying
from consent.duty_context import DutyContext
from consent.facts import Facts
from consent.importing.import_line import Line
from consent.transition import Transition
from resources.record import coding, reference
from resources.record.problem import Problem
from resources.record.reference import Look


def around(
    found: DutyContext, record: Mapping[str, Any], ahead: Mapping[str, Mapping[str, Any]], agency: str
) -> DutyContext:
    """What stands around a line of a circle (R37): those `ahead` of it, which are written with it, too."""
    kinds, group = coding.of(record.get("category")), reference.one(record, "subject")
    alike = {
        name: kinds & coding.of(each.get("category"))
        for name, each in ahead.items()
        if each.get("status") == "active" and group and reference.one(each, "subject") == group
    }
    cases = {name: agency for name, both in alike.items() if vocabulary.CASE in both}
    others = {name for name, both in alike.items() if vocabulary.TOTAL_CARE_PLAN in both}
    return replace(found, cases={**found.cases, **cases}, others=found.others | others)


def asked(line: Line, resource: Mapping[str, Any], agency: str, facts: Facts, look: Look, around: DutyContext) -> None:
    """Raises Problem where one is against it. What cannot be classified is no matter of theirs: the server marks it."""
    bearing = (*duties.BY_TYPE.get(line.type, ()), handling.withheld_with_a_reason, staying.of_own_records)
    change = Transition("create", line.type, None, resource, agency, facts, look, around)
    issues = [issue for duty in bearing for issue in duty(change) if issue.severity == "error"]
    if issues:
        raise Problem("business-rule", *issues)
