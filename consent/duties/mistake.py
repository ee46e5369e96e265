"""No household, nobody in it and no case is a mistake, or deleted, while others work on it, who would lose sight of it.

R16, R17 and R44 of the domain; docs/policy.md, "mistakes".
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import under_way, vocabulary
from consent.transition import Transition, violation
from resources.record import coding, mistake
from resources.record.problem import Issue


def of_nothing_under_way(change: Transition) -> Iterator[Issue]:
    """R17, R44, R16: while it, or the household of a person, is coordinated, a conference is called on it, or others
    carry out roles for it; and no case whose end is reviewed. And no total care plan is deleted then."""
    before, after = change.before, change.after
    if before is None or (after is not None and (mistake.is_marked(before) or not mistake.is_marked(after))):
        return
    if after is not None and vocabulary.TOTAL_CARE_PLAN in coding.of(before.get("category")):
        return  # whoever read it is told of a mistake, and of a deletion nobody is
    for what in sorted(change.duty_context.under_way):
        rule, text, ja = _AGAINST[what]
        yield violation(rule, text, ja, change.type)


_AGAINST = {
    under_way.COORDINATED: (
        "R17",
        "the coordinator has taken this on and monitors it: let the coordinator complete it first, or put right what "
        "is wrong in a new version, as where it was taken back (`cancelled`); of somebody who was never in the "
        "household say so first (`$mark-mistake` on the household)",
        "推進員が受け付けて見届けています。先に推進員が調整を完了（completed）とするか、"
        "誤っているところを新しい版で直してください（取り下げた調整の世帯と事例も、新しい版で直します）。"
        "世帯に誤って加えた人は、先に世帯について `$mark-mistake` で届け出てください",
    ),
    under_way.CALLED: (
        "R44",
        "a conference is called on this, which would lose it: let that be closed or cancelled first, or end the case "
        "with what came of it",
        "支援会議が招集されています。先に会議を閉じるか取りやめてください。または、結果を書いて事例を終えてください",
    ),
    under_way.CARRIED: (
        "R16",
        "roles are carried out for this household, and who carries them out would lose it without a word: end the case "
        "with what came of it; a total care plan is ended (`completed`, `revoked`) or marked `entered-in-error`, of "
        "which they are told",
        "この世帯の役割が担われており、担う人に何も言わずに失われます。事例は結果を書いて終えてください。トータルケアプランは"
        "終わらせる（completed、revoked）か、entered-in-error としてください（担う人に知らされます）",
    ),
    under_way.REVIEWED: (
        "R44",
        "this case was not resolved, and stays with its review: put right what is wrong in a new version",
        "解決に至らなかった事例は、検証の記録とともに残ります。誤っているところは新しい版で直してください",
    ),
}
