"""What others work on stays of its household, and of no other, or they would lose sight of it without a word.

R16, R17 and R44 of the domain; docs/policy.md, P5, P6 and P13: they read what is of that household and of no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from consent import losing_sight, under_way, unfixed
from consent.losing_sight import Working
from consent.transition import Transition, violation
from resources.record import naming, reference
from resources.record.problem import Issue


def of_its_household(change: Transition) -> Iterator[Issue]:
    """R17, R44, R16: while a coordination of it runs, a conference is called on it, or roles decided for it are carried
    out, neither the household nor its case is made to be of another household, by its subject or by naming one; nor is
    a total care plan past its draft."""
    yield from against(change.duty_context.sight.losing, change.facts.successions.kept_by({change.custodian}))


def of_own_records(change: Transition) -> Iterator[Issue]:
    """R37: a case, and a total care plan past its draft, is of nothing that another agency keeps, or was offered, by
    whatever it is of: that agency could make it one of another household, and nobody would know. Nor is it the material
    of a meeting."""
    for name in sorted(change.duty_context.sight.of_others):
        element = next((one for one in naming.OF if name in reference.many(change.record, one)), "")
        text, ja = _OF_OTHERS if losing_sight.binds(change.record) else _BY_THIS_ONE
        at = f"{change.type}.{element}" if element else change.type
        yield violation("R37", text.format(name), ja.format(name), at)


def brought_of_its_household(change: Transition) -> Iterator[Issue]:
    """R17: what is brought to the coordinator is of that household alone, or the coordinator would read none of it."""
    for name in sorted(change.duty_context.sight.strayed):
        text, ja = _STRAYED
        yield violation("R17", text.format(name), ja.format(name), "Task.focus")


def read_by_who_works_on_it(change: Transition) -> Iterator[Issue]:
    """R16, R17: a case and a plan that are read by who carries out roles come to name nobody for whom none were
    decided. Who joins the household, and what comes to be very restricted, is written, and said."""
    kept, sight = change.facts.successions.kept_by({change.custodian}), change.duty_context.sight
    how, carrying = sight.unfixed
    if how == unfixed.NAMED and not carrying.keepers.isdisjoint(kept):
        yield violation("R16", *_UNFIXED, change.type)
    elif how and not carrying.keepers.isdisjoint(kept):
        yield replace(violation("R16", *_UNREAD, change.type), severity="warning")
    if any(not keepers.isdisjoint(kept) for keepers in sight.arriving.values()):
        name = f"{change.type}/{change.record['id']}"
        text, ja = (each.format(name) for each in _ARRIVING)
        yield replace(violation("R17", text, ja, f"{change.type}.subject"), severity="warning")
    working = [what for what, keepers in sight.hidden.items() if not keepers.isdisjoint(kept)]
    if working:
        rule = "R16" if working == [under_way.CARRIED] else "R17"
        yield replace(violation(rule, *_RESTRICTED, f"{change.type}.meta.security"), severity="warning")


def carried(keepers: Collection[str], kept: Collection[str]) -> Iterator[Issue]:
    """The same of what is of the record being written."""
    if not frozenset(keepers).isdisjoint(kept):
        yield violation("R16", *_UNFIXED)


def given_away(names: Collection[str]) -> Iterator[Issue]:
    """P1: what an agency handed over is widened by who keeps it now, not by what the giver once made it of."""
    if names:
        yield violation("P1", *_GIVEN_AWAY)


def against(working: Working, keepers: Collection[str]) -> Iterator[Issue]:
    """What is said to who keeps what they work on; nobody else is told of them."""
    found = {what for what, kept_by in working.items() if not kept_by.isdisjoint(keepers)}
    for what in sorted(found - {under_way.BROUGHT, under_way.CARRIED} or found):
        rule, text, ja = _AGAINST[what]
        yield violation(rule, text, ja)


_OF_OTHERS = (
    "`{}` is kept by another agency (as a conference is) or offered to one, or is of such a record: that agency could "
    "make it, and this with it, one of another household: leave it out, or name it in `supportingInfo`, which opens "
    "and hides nothing; where a draft was of it, write the plan anew; of a relative write a RelatedPerson of your own",
    "`{}` は、他の機関が管理しているか（支援会議も）、他の機関に引き継ぎを申し出ているか、そのような記録に"
    "つながっています。その機関の書き直しにより、この記録も別の世帯のものとなり、推進員や役割を担う人に見えなくなる"
    "おそれがあります。外すか、supportingInfo に示してください。案（draft）に一度示したときは計画を新しく書き、"
    "親族は自分の機関で RelatedPerson として書いてください",
)
_BY_THIS_ONE = (
    "a case or a total care plan is of this record, and would be drawn by `{}`, which another agency keeps or was "
    "offered, or which is of such a record, to whatever household that is made to be of: leave it out, and write what "
    "belongs to it as a record of its own",
    "この記録には事例かトータルケアプランがつながっています。`{}` は、他の機関が管理しているか、他の機関に"
    "引き継ぎを申し出ているか、そのような記録につながっているため、その機関の書き直しにより、計画も別の世帯のものと"
    "なるおそれがあります。外して、別の記録として書いてください",
)
_STRAYED = (
    "`{}` is of another household too, or was (by `subject`, or by what it names), and the coordinator reads what is "
    "of this one alone: mark it `entered-in-error` and write it anew for this household, or have the other one taken "
    "off it as a mistake (`$mark-mistake`), and bring it then",
    "`{}` は、別の世帯のものでもあるか、別の世帯のものであったことがあり（subject、またはほかの要素に挙げた世帯）、"
    "推進員には読めません。entered-in-error としてこの世帯のものを新しく書くか、誤って挙げた世帯を届け出て"
    "（`$mark-mistake`）から、調整を求めてください",
)
_UNFIXED = (
    "roles are carried out for this household, and who carries them out reads what is about the persons for whom they "
    "were decided, and nobody else: name no other in its case or total care plan; write what concerns them as a record "
    "of its own, and have roles decided for them too (in a conference, by `$decide-roles`)",
    "この世帯の役割が担われており、担う人は、役割が決まったときの人だけについての記録を読んでいます。事例とトータルケアプランに"
    "ほかの人を挙げると読めなくなります。その人のことは別の記録として書き、その人も含めて役割を決めて"
    "（支援会議、`$decide-roles`）もらってください",
)
_UNREAD = (
    "who carries out the roles does not read this version: it is about somebody for whom none were decided (who is "
    "named in it, or joined the household); earlier versions of the plan are read on; have roles decided anew",
    "役割を担う人は、この版を読めません。役割が決まっていない人（挙げられた人、世帯に加わった人）についてのものでもあるためです。"
    "計画の以前の版は読めます。改めて役割を決めてもらってください",
)
_RESTRICTED = (
    "what is very restricted (V) is not read by the coordinator and by who carries out the roles: tell them what they "
    "need, or take the label off it",
    "特に慎重（V）とした記録は、推進員にも役割を担う人にも読めません。要ることは別に伝えるか、機密度を外してください",
)
_ARRIVING = (
    "`{}` was another household's, and who works on this one does not read it yet: have that household taken off it as "
    "a mistake (`$mark-mistake`), or mark it `entered-in-error` and write it anew",
    "`{}` は別の世帯のものであったため、この世帯の推進員や会議にはまだ読めません。誤って挙げた世帯を届け出る"
    "（`$mark-mistake`）か、entered-in-error として新しく書いてください",
)
_GIVEN_AWAY = (
    "a case or a total care plan that you handed over is of this record, and would come to be about a further person "
    "or household, which is for the agency that keeps it now to write: leave this as it is, and write a record of its "
    "own",
    "引き渡した事例かトータルケアプランがこの記録につながっており、別の人や世帯についてのものとなります。それを書けるのは、"
    "いま管理する機関だけです。この記録はそのままとし、別の記録として書いてください",
)
_AGAINST = {
    under_way.BROUGHT: (
        "R17",
        "this household was brought to the coordinator, who will read what is of it alone: its case and its total care "
        "plan stay of it; take the call back (`cancelled`) first, and bring it again as it then is",
        "この世帯は推進員に持ち込まれており、推進員はこの世帯だけのものを読みます。事例とトータルケアプランは"
        "この世帯のもののままとし、変えるときは先に調整の求めを取り下げて（cancelled）、その後に改めて求めてください",
    ),
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
