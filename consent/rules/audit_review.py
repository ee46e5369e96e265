"""P11 audit review: an auditor reads the audit log, and only that.

docs/policy.md, P11.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Evidence, Rule, Text
from resources.search.predicate import has

ID = "P11"

_BECAUSE = Text("an auditor reviews the audit log", "監査担当が監査記録を確認する")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits an auditor to read AuditEvent for the purpose of audit review."""
    posts = facts.holds(vocabulary.AUDITOR)
    if posts and action in ("read", "search") and facts.actor.purpose == vocabulary.AUDIT_REVIEW:
        evidence = tuple(Evidence(post.version, Text("the post held now", "現在の職")) for post in posts)
        yield Rule(ID, "permit", has(".type", "AuditEvent"), _BECAUSE, evidence)
