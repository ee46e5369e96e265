"""That a guardian, a birth date or a death was confirmed stays on record: who may sign, and who is asked, rests on it.

R3 of the domain; docs/policy.md, "standing", signature.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding
from resources.record.problem import Issue


def kept(change: Transition) -> Iterator[Issue]:
    """R3: a confirmation that was given is not deleted: it is ended where it is about, or taken back by who gave it."""
    task = change.before or {}
    codes = coding.of(task.get("code"))
    if change.action != "delete" or task.get("status") != "completed":
        return
    if vocabulary.CONFIRM_GUARDIAN in codes:
        text = "a confirmed guardian stays confirmed: end the `period` of the RelatedPerson instead"
        ja = "後見人の確認は削除できません。後見が終わったときは、続柄（RelatedPerson）の期間を終わらせてください"
        yield violation("R3", text, ja, "Task.status")
    if vocabulary.CONFIRMED_ON_PAPER & codes:
        text = "a birth date or a death that was confirmed stays so: who may confirm takes it back (`entered-in-error`)"
        ja = (
            "生年月日や死亡の確認は削除できません。誤りであれば、確認できる機関が取り消してください（entered-in-error）"
        )
        yield violation("R3", text, ja, "Task.status")
