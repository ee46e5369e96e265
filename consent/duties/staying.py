"""What others work on stays of its household, and of no other, or they would lose sight of it without a word.

R16, R17 and R44 of the domain; docs/policy.md, P5, P6 and P13: they read what is of that household and of no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from consent import under_way
from consent.losing_sight import Working
from consent.transition import Transition, violation
from resources.record.problem import Issue


def of_its_household(change: Transition) -> Iterator[Issue]:
    """R17, R44, R16: while a coordination of it runs, a conference is called on it, or roles decided for it are carried
    out, neither the household nor its case is made to be of another household, by its subject or by naming one; nor is
    a total care plan past its draft."""
    yield from against(change.duty_context.losing_sight, change.facts.successions.kept_by({change.custodian}))


def against(working: Working, keepers: Collection[str]) -> Iterator[Issue]:
    """What is said to who keeps what they work on; nobody else is told of them."""
    found = {what for what, kept_by in working.items() if not kept_by.isdisjoint(keepers)}
    for what in sorted(found - {under_way.CARRIED} or found):
        rule, text, ja = _AGAINST[what]
        yield violation(rule, text, ja)


_AGAINST = {
    under_way.COORDINATED: (
        "R17",
        "the coordinator has taken this household on and reads what is of it alone: its case and its total care plan "
        "stay of it, and nothing draws another household into them, until the coordinator has completed it; a plan of "
        "the wrong household is marked `entered-in-error`, and written anew for the right one",
        "推進員がこの世帯を受け付けて見届けており、この世帯だけのものを読んでいます。調整が完了（completed）するまで、"
        "事例とトータルケアプランの世帯を変えることも、別の世帯のものとすることもできません。世帯を誤った計画は "
        "entered-in-error とし、正しい世帯の計画として新しく書いてください",
    ),
    under_way.CALLED: (
        "R44",
        "a conference is called on this case and reads what is of its household alone: let it be closed or cancelled "
        "first; a total care plan of the wrong household is marked `entered-in-error`, and written anew for the right "
        "one",
        "この事例の支援会議が招集されており、この世帯だけのものを読みます。先に会議を閉じるか取りやめてください。"
        "世帯を誤った計画は entered-in-error とし、正しい世帯の計画として新しく書いてください",
    ),
    under_way.CARRIED: (
        "R16",
        "roles are decided for this household, and who carries them out reads what is of it alone: its case and its "
        "total care plan stay of it; one of the wrong household is marked `entered-in-error`, and written anew for the "
        "right one",
        "この世帯の役割が決まり、役割を担う人はこの世帯だけのものを読んでいます。事例とトータルケアプランは"
        "この世帯のもののままとし、世帯を誤ったものは entered-in-error として、正しい世帯のものを新しく書いてください",
    ),
}
