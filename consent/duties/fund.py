"""What a request to the fund says before it is taken: whom and what it is for, and what was tried before.

F1 to F4 and F6 to F10 of the domain (slides 26 and 28); docs/decisions/0012-the-fund.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from consent import vocabulary
from consent.transition import Transition, violation
from resources import fund
from resources.record import moment, reference, wording
from resources.record.problem import Issue

_WORDS = ("input", "for", "priority")


def asked(change: Transition) -> Iterator[Issue]:
    """F1, F2, F3, F4, F6, F7, F8, F9 and F10: of a new request, and of one whose words are changed."""
    task = change.after
    if not fund.is_of(task, fund.REQUEST) or not any(change.turns(each) for each in _WORDS):
        return
    if change.duty_context.fund.consulted_on:
        text = "what was consulted on stands, since the answers are to it: take it back (`cancelled`), and ask anew"
        ja = (
            "諮った申請の内容は書き換えられません。答えはその内容へのものです。"
            "取り下げて（cancelled）、改めて申請してください"
        )
        yield _wrong("F6", text, ja, "input")
    yield from _whom(change)
    yield from _what(change)
    yield from _how_much(change)


def paid_in(change: Transition) -> Iterator[Issue]:
    """F10: what is paid into the fund is written by who holds it, with its amount and where it came from."""
    task = change.record
    if not (fund.is_of(change.before, fund.DEPOSIT) or fund.is_of(change.after, fund.DEPOSIT)):
        return
    if vocabulary.FUND_HOLDER not in change.held:
        text = "what is paid into the fund is written by who holds it: tell them of it (Communication)"
        ja = "ファンドへの入金を書けるのは、ファンドを管理する職にある人です。連絡（Communication）で知らせてください"
        yield _wrong("F10", text, ja, "code", "forbidden")
    elif change.action == "delete" or (change.before and change.before.get("status") == "completed"):
        text, ja = "a deposit stands as it was written", "入金の記録は書き換えられません"
        yield _wrong("F10", text, ja, "status")
    elif fund.yen(task, "input", "amount") is None or not wording.tells(task.get("description")):
        yield _wrong(
            "F10",
            "a deposit says its `amount` in yen (an `input`) and where it came from (`description`)",
            "入金には金額（input の amount、円）と原資（description）を記入してください",
            "input",
        )


def _whom(change: Transition) -> Iterator[Issue]:
    task, said = change.record, fund.read(change.record)
    if not reference.one(task, "for").startswith("Group/") or not said.need:
        yield _wrong(
            "F2",
            "the fund is for a household that no system reaches: name the household (`for`), and say in `need` why it "
            "is reached by none",
            "ファンドの対象は、どの制度も届いていない世帯です。世帯（for）と、届いていない事情（need）を記入してください",
            "for",
        )
    asker = reference.one(task, "requester")
    agencies = change.duty_context.agencies(asker) | ({asker} if asker.startswith("Organization/") else set())
    holder = change.duty_context.agencies(reference.one(task, "owner"))
    if not agencies or not said.payee.startswith("Organization/") or said.payee in holder:
        yield _wrong(
            "F4",
            "it is paid to the agency that asks or that introduces the service (`payee`, an Organization), never to "
            "the person or to a member of staff",
            "支払先（payee）は相談機関（Organization）です。本人や支援者に直接は給付しません",
            "input",
        )
    if vocabulary.FUND_HOLDER not in change.duty_context.functions(reference.one(task, "owner")):
        yield _wrong(
            "F10",
            "the fund is asked of who holds it: name the post of the fund's holder as owner",
            "申請先はファンドを管理する職です。その職（PractitionerRole）を owner に記入してください",
            "owner",
        )


def _what(change: Transition) -> Iterator[Issue]:
    said = fund.read(change.record)
    if fund.emergency(change.record) and not said.field:
        text = "in an emergency the adviser concerned is consulted: name the `field`, a code of `adviser-field`"
        ja = "緊急の場合は関係するアドバイザーに諮ります。分野（field、adviser-field の符号）を記入してください"
        yield _wrong("F6", text, ja, "input")
    if not said.first or not said.service:
        yield _wrong(
            "F1",
            "the fund pays for the first introduction of a service only: name the `service`, and say that it is the "
            "first introduction (`first-introduction`)",
            "使えるのは最初のサービス導入（入口支援）だけです。導入するサービス（service）と、最初の導入であること"
            "（first-introduction）を記入してください",
            "input",
        )
    elif fund.called(said.service) in change.duty_context.fund.introduced:
        yield _wrong(
            "F1",
            "the fund has paid for the introduction of this service to this household: what follows is not its first",
            "このサービスの導入には、すでにこの世帯のためにファンドが支払われています。続きの費用には使えません",
            "input",
        )
    if not said.expense:
        text, ja = (
            "say what it pays for: `expense`, a code of `expense-kind`, and of `other` in its `text` what",
            "費用の種類（expense）を記入してください。その他（other）なら、何の費用かを text に書いてください",
        )
        yield _wrong("F3", text, ja, "input")
    if not said.independence:
        text = "say in `independence` why it does not hinder the person's independence"
        yield _wrong("F7", text, "本人の自立を妨げない理由（independence）を記入してください", "input")
    if not said.checked or not all(service and why for service, why in said.checked):
        yield _wrong(
            "F8",
            "the fund is no substitute for an existing service: list those that were checked (`checked-service`), each "
            "with why it does not apply (extension `why-not`)",
            "既存のサービスの代わりには使えません。確かめたサービス（checked-service）を、それぞれ使えない理由"
            "（拡張 why-not）とともに挙げてください",
            "input",
        )


def _how_much(change: Transition) -> Iterator[Issue]:
    said, terms = fund.read(change.record), change.duty_context.fund_terms
    if said.amount is None:
        yield _wrong("F9", "say the `amount` in whole yen", "金額（amount）を円で記入してください", "input")
    elif said.amount > terms.usual_amount and not said.reason:
        yield _wrong(
            "F9",
            f"there is no cap, but more than {terms.usual_amount} yen is unusual: say the `reason`",
            f"上限はありませんが、{terms.usual_amount}円を超えるときは理由（reason）を記入してください",
            "input",
        )
    elif said.amount > terms.usual_amount:
        text, ja = f"more than {terms.usual_amount} yen, with a reason", f"目安の{terms.usual_amount}円を超えています"
        yield replace(_wrong("F9", text, ja, "input"), severity="warning")
    if moment.local_day(moment.of(change.facts.actor.now)).isoformat() < terms.valid_from:
        text, ja = f"the fund pays from {terms.valid_from} on", f"ファンドの支出は {terms.valid_from} からです"
        yield _wrong("F10", text, ja, "authoredOn")


def _wrong(rule: str, text: str, ja: str, element: str, code: str = "business-rule") -> Issue:
    return violation(rule, text, ja, f"Task.{element}", code)
