"""D5 an import that could not be classified: for its custodian alone, until that takes the server's mark off.

docs/policy.md, D5.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Rule, Text
from resources.record.envelope import LABEL
from resources.search.predicate import all_of, has, has_one_of, none_of

ID = "D5"

_BECAUSE = Text("the import of the record could not be classified", "取り込んだ記録がまだ分類されていない")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Forbids such a record to everybody but the agency that keeps it, under every ground."""
    if action != "create":
        kept = has_one_of(".custodian", facts.keeps)
        yield Rule(ID, "forbid", all_of([has(LABEL, vocabulary.UNCLASSIFIED), none_of(kept)]), _BECAUSE)
