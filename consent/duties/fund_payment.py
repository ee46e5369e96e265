"""When the fund pays: after a coordinator received the case and a conference raised it, or after both were consulted.

F1, F4 to F6 and F10 of the domain (slide 28); docs/decisions/0012-the-fund.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources import fund
from resources.record.problem import Issue

_TAKEN = (*vocabulary.TAKEN_ON, "completed")


def decided(change: Transition) -> Iterator[Issue]:
    """F1, F5 and F6: what stands between a request and its acceptance; F4 and F10: what is paid, from what."""
    task, before = change.after, change.before or {}
    if task is None or not fund.is_of(task, fund.REQUEST):
        yield from _kept(change)
        return
    if before.get("status") == "completed":
        yield from _settled(change)
        return
    if task.get("status") not in _TAKEN or task.get("status") == "on-hold":
        return
    if vocabulary.FUND_HOLDER not in change.held:
        text = "who holds the fund accepts and pays, and nobody else: leave it `requested` until they do"
        ja = "受け付けて支払うのは、ファンドを管理する職にある人だけです。それまで `requested` のままにしてください"
        yield _wrong("F10", text, ja, "status", "forbidden")
        return
    if not change.before:
        text, ja = "a request is first asked, then accepted", "申請は、まず求めて（requested）から受け付けます"
        yield _wrong("F5", text, ja, "status")
        return
    yield from _emergency(change) if fund.emergency(task) else _received_and_raised(change)
    if fund.called(fund.read(task).service) in change.duty_context.fund.introduced:
        yield _wrong(
            "F1",
            "the fund has paid for the introduction of this service to this household meanwhile: who asked takes this "
            "request back, and until then it is `on-hold`",
            "このサービスの導入には、その後この世帯のために支払われました。申請した機関に取り下げてもらい、"
            "それまでは保留（on-hold）にしてください",
            "status",
        )
    if task.get("status") == "completed":
        yield from _payment(change)


def _received_and_raised(change: Transition) -> Iterator[Issue]:
    bearing = change.duty_context.fund
    if not bearing.received or not bearing.raised:
        missing = [
            *([] if bearing.received else [("received by a coordinator", "推進員の受付")]),
            *([] if bearing.raised else [("raised in a case conference", "複合課題ケース検討会での検討")]),
        ]
        yield _wrong(
            "F5",
            f"the fund is for a case that was received by a coordinator and raised in a case conference; missing: "
            f"{', '.join(each for each, _ in missing)}. In an emergency (`priority` urgent) the coordinator consults "
            "the lead section and an adviser instead",
            "推進員に相談があり、複合課題ケース検討会で課題として挙がったものに使えます。足りないもの："
            f"{'、'.join(each for _, each in missing)}。緊急の場合（priority が urgent）は、推進員が主管課と"
            "アドバイザーに諮ってください",
            "status",
        )


def _emergency(change: Transition) -> Iterator[Issue]:
    bearing, field = change.duty_context.fund, fund.read(change.record).field
    if not bearing.consulted or not field or field not in bearing.advised:
        yield _wrong(
            "F6",
            "in an emergency the fund pays after the coordinator has consulted the lead section and the adviser of the "
            "`field` concerned has answered: Tasks `fund-consultation` whose focus is this request, both completed",
            "緊急の場合は、推進員が市（主管課）と協議し、関係する分野（field）のアドバイザーが答えた後に使えます。"
            "この申請を focus とする Task（fund-consultation）が、どちらも終わっている必要があります",
            "status",
        )


def _payment(change: Transition) -> Iterator[Issue]:
    task = change.record
    asked, paid = fund.read(task).amount or 0, fund.yen(task, "output", "paid")
    if paid is None or paid > asked:
        yield _wrong(
            "F4",
            "say what was paid to the agency (an `output` `paid`, in yen): no more than was asked",
            "機関に支払った金額（output の paid、円）を記入してください。申請した金額までです",
            "output",
        )
    elif paid > change.duty_context.fund.balance:
        text = "there is not so much left in the fund: put it `on-hold`, or pay what there is"
        yield _wrong(
            "F10", text, "ファンドの残高が足りません。保留（on-hold）にするか、残高の範囲で支払ってください", "output"
        )


def _settled(change: Transition) -> Iterator[Issue]:
    for element in ("status", "output", "input", "for", "requester", "code", "owner"):
        if change.turns(element):
            text, ja = "what was paid stands as it was written", "支払いの記録は書き換えられません"
            yield _wrong("F10", text, ja, element)


def _kept(change: Transition) -> Iterator[Issue]:
    if fund.is_of(change.before, fund.REQUEST) and (change.before or {}).get("status") == "completed":
        text, ja = "what was paid stays on record", "支払いの記録は消せません"
        yield _wrong("F10", text, ja, "status")


def _wrong(rule: str, text: str, ja: str, element: str, code: str = "business-rule") -> Issue:
    return violation(rule, text, ja, f"Task.{element}", code)
