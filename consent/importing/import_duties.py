"""The duties that are asked of a line of an import, as of whatever its agency creates.

docs/operations.md, "import"; docs/policy.md, "duties".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import duties
from consent.duties import handling, staying
from consent.duty_context import DutyContext
from consent.facts import Facts
from consent.importing.import_line import Line
from consent.transition import Transition
from resources.record.problem import Problem
from resources.record.reference import Look


def asked(line: Line, resource: Mapping[str, Any], agency: str, facts: Facts, look: Look, around: DutyContext) -> None:
    """Raises Problem where one is against it. What cannot be classified is no matter of theirs: the server marks it."""
    bearing = (*duties.BY_TYPE.get(line.type, ()), handling.withheld_with_a_reason, staying.of_own_records)
    change = Transition("create", line.type, None, resource, agency, facts, look, around)
    issues = [issue for duty in bearing for issue in duty(change) if issue.severity == "error"]
    if issues:
        raise Problem("business-rule", *issues)
