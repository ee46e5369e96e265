"""What is handed to another installation is one's own: who reads a record by consent or in a meeting does not share it.

R4 of the domain: without consent, sharing happens only inside the conference; docs/plan-document.md.
"""

from __future__ import annotations

from consent.reading.reading import Reading
from consent.rules import own_duty
from resources.record import problem
from resources.record.problem import Problem


def one_s_own(reading: Reading) -> None:
    """R4: something of what was read is kept by the agency of who asks. Raises Problem `forbidden`."""
    if not any(rule.id == own_duty.ID for decision in reading.decisions for rule in decision.rules):
        text = "a plan is handed on by the agency that keeps it or its household, by nobody who read it otherwise"
        ja = "計画を文書で渡せるのは、計画か世帯を管理する機関です。同意や会議で読んだものを渡すことはできません"
        raise Problem("forbidden", problem.of_rule("R4", text, ja, "", "forbidden"))
