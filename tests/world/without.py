"""A server from whose policy one rule, duty or kind of evidence is taken out: only so is it seen that a scenario bites.

`python -m tests.world.without RULE -- serve --demo`; docs/testing.md.

RULE is the id of a ground or restriction (`P3`), perhaps for some actions only (`P1:read,search`), or a duty by
its module and name (`referral.not_refused`), or what refuses a kind of evidence (`standing.coordination`). The product
has no such switch: this is a launcher of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from api import cli
from consent import duties, rules, standing
from consent.facts import Facts
from consent.rule import Action, Rule
from consent.standing.filing import Kind


def main(arguments: list[str]) -> None:
    """Take a rule out, here and so in the server processes, which are forked; then do what the command line says."""
    rule, separator, *words = arguments
    if separator != "--":
        raise SystemExit("usage: python -m tests.world.without RULE -- serve --demo")
    if rule.partition(":")[0] not in names():
        raise SystemExit(f"the policy has no rule `{rule}`")
    take_out(rule)
    sys.argv = ["tsunagu", *words]
    cli.main()


def names() -> set[str]:
    """Every rule, duty and kind of evidence that can be taken out."""
    bearing = {name(duty) for each in (*duties.BY_TYPE.values(), duties.ON_WRITES, duties.ON_UPDATES) for duty in each}
    kinds = {kind_name(kind) for each in standing.BY_TYPE.values() for kind in each}
    return bearing | kinds | {module.ID for module in (*rules.PERMITS, *rules.RESTRICTIONS)}


def take_out(rule: str) -> None:
    """Take one rule or duty out of this process, and of all that it forks."""
    id, _, actions = rule.partition(":")
    for module in (*rules.PERMITS, *rules.RESTRICTIONS):
        if id == module.ID:
            _silence(module, set(actions.split(",")) if actions else None)
    duties.BY_TYPE = {type: tuple(duty for duty in each if name(duty) != id) for type, each in duties.BY_TYPE.items()}
    duties.ON_WRITES = tuple(duty for duty in duties.ON_WRITES if name(duty) != id)
    duties.ON_UPDATES = tuple(duty for duty in duties.ON_UPDATES if name(duty) != id)
    standing.BY_TYPE.update(
        {type: tuple(_unasked(kind, id) for kind in each) for type, each in standing.BY_TYPE.items()}
    )


def name(duty: duties.Duty) -> str:
    """A duty by its module and name."""
    return f"{duty.__module__.rpartition('.')[2]}.{duty.__name__}"


def kind_name(kind: Kind) -> str:
    """A kind of evidence by its module."""
    return f"standing.{kind.refused.__module__.rpartition('.')[2]}"


def _unasked(kind: Kind, id: str) -> Kind:
    """The kind, refusing nothing where it is the one taken out."""
    return Kind(lambda filing: iter(()), kind.judged) if kind_name(kind) == id else kind


def _silence(module: Any, actions: set[str] | None) -> None:
    speak = module.rules

    def rules(action: Action, facts: Facts) -> Iterable[Rule]:
        return () if actions is None or action in actions else speak(action, facts)

    module.rules = rules


if __name__ == "__main__":
    main(sys.argv[1:])
