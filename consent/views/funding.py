"""$fund-balance: what came into the fund, what was paid and what is left, for who holds it and the lead section.

F10 of the domain (slide 28); docs/decisions/0012-the-fund.md. No person and no household is told.
"""

from __future__ import annotations

from consent import fund_account, policy, vocabulary
from consent.facts import Facts
from consent.fund_account import ACCOUNT, Entry
from consent.reading.reading import Reading
from consent.rule import Decision, Evidence, Rule, Text
from resources.record import problem
from resources.record.problem import Problem

ID = "F10"

_BECAUSE = Text(
    "who holds the fund and the lead section see what came and went",
    "ファンドを管理する機関と主管課は出入りと残高を見る",
)
_POST = Text("the post held now", "現在の職")


async def told(reading: Reading) -> list[Entry]:
    """The account, the first entry first. Raises Problem `forbidden`."""
    decision = _allowed(reading.facts)
    found = await fund_account.entries(reading.view)
    reading.decisions.append(decision)
    return found


def holds(facts: Facts) -> bool:
    """Whether who asks holds the fund, and reads the requests to it."""
    return bool(facts.holds(vocabulary.FUND_HOLDER))


def _allowed(facts: Facts) -> Decision:
    policy.covered(policy.ruling("read", facts).rules, "Task")
    posts = (*facts.holds(vocabulary.FUND_HOLDER), *facts.holds(vocabulary.LEAD_SECTION))
    if not posts or facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        text = "the balance is told to who holds the fund and to the lead section"
        ja = "残高を見られるのは、ファンドを管理する職と主管課です"
        raise Problem("forbidden", problem.of_rule(ID, text, ja, "", "forbidden"))
    evidence = tuple(Evidence(post.version, _POST) for post in posts)
    return Decision(True, (Rule(ID, "permit", ACCOUNT, _BECAUSE, evidence),))
