"""Another day of birth than was registered stands once it is confirmed, on a paper, by somebody else than who asks.

R3 of the domain; docs/policy.md, "standing", birth date: who may sign, and until when, is asked of the day that stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import BORN, NONE, Verdict
from resources.record import coding, period, problem, reference
from resources.record.problem import Issue
from resources.search.predicate import term

IDENTITY = ("code", "focus", "for", "input", "requester", "owner")
"""What was confirmed, at whose word, and who was asked: it stands when it is done."""


def refused(filing: Filing) -> Iterator[Issue]:
    """Why this may not be asked, or not be answered by who writes it; what is done is only taken back."""
    if not any(is_one(task) for task in (filing.before, filing.after)):
        return
    was, becomes = filing.status()
    if was == "completed":
        yield from _standing(filing, becomes)
    elif is_one(filing.after):
        yield from _asking(filing)
    if "completed" in (was, becomes) and not _confirms(filing):
        yield _wrong(
            "a birth date is confirmed, and that taken back, by the agency that keeps the person's record or by the "
            "lead section, at the word of another agency: name one of them as `owner`",
            "生年月日の確認とその取り消しは、その人の記録を管理する機関か主管課が、別の機関の求めにより行います。"
            "どちらかを担当（owner）にしてください",
            "status",
            "forbidden",
        )


def judged(filing: Filing) -> Verdict:
    """It counts as it was so confirmed, for the day that was asked about."""
    if any(refused(filing)):
        return NONE
    was, becomes = filing.status()
    if not is_one(filing.after) or becomes != "completed":
        return Verdict(True)
    if was == "completed":
        return Verdict(True, noted=frozenset(term(BORN, said) for said in filing.had.note(BORN)))
    at = period.instant(filing.facts.actor.now)
    return Verdict(True, noted=frozenset({term(BORN, f"{at} {asked(filing.after)}")}))


KIND = Kind(refused, judged)


def is_one(task: Mapping[str, Any] | None) -> bool:
    """Whether a Task asks that a birth date be confirmed."""
    return bool(task) and vocabulary.CONFIRM_BIRTH_DATE in coding.of((task or {}).get("code"))


def asked(task: Mapping[str, Any]) -> str:
    """The one date that it asks about; empty where it says none, or several."""
    found = [each.get("valueDate") for each in task.get("input") or ()]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else ""


def _asking(filing: Filing) -> Iterator[Issue]:
    person = reference.one(filing.after, "focus")
    if not person.startswith("Patient/") or reference.one(filing.after, "for") != person:
        text = "it is about one person: the same Patient as `focus` and as `for`"
        yield _wrong(text, "`focus` と `for` に、同じ Patient を記入してください", "focus")
    elif not asked(filing.after) or asked(filing.after) != (filing.look(person) or {}).get("birthDate"):
        text = (
            "say the date in the one `input` (`valueDate`), as the person's record has it: have it written there first"
        )
        ja = (
            "確認する生年月日を `input` の `valueDate` に一つ書いてください。その人の記録と同じ日付でなければなりません"
        )
        yield _wrong(text, ja, "input")
    elif filing.custodian not in filing.papers:
        text = "who asks keeps a paper that tells it: a DocumentReference about the person with a `birth-paper` type"
        ja = "求める機関に、生年月日のわかる書面（種別 birth-paper の DocumentReference）が必要です"
        yield _wrong(text, ja, "focus")


def _standing(filing: Filing, becomes: str) -> Iterator[Issue]:
    if becomes not in ("completed", "entered-in-error"):
        text = "what was confirmed is taken back (`entered-in-error`), or stands"
        yield _wrong(text, "確認したことは、取り消す（entered-in-error）か、そのままにします", "status")
    for element in IDENTITY:
        if filing.changed(element):
            text, ja = f"`{element}` stands once it is confirmed", f"確認した後の `{element}` は変更できません"
            yield _wrong(text, ja, element)


def _confirms(filing: Filing) -> bool:
    """Whether the writer keeps the person's record, or leads, and does not answer what their own agency asked."""
    task = filing.before or filing.after
    own = filing.custodian in filing.facts.agencies
    return not own and (vocabulary.LEAD_SECTION in filing.held or filing.keeps(reference.one(task, "focus")))


def _wrong(text: str, ja: str, element: str, code: str = "business-rule") -> Issue:
    return problem.of_rule("R3", text, ja, f"Task.{element}", code)
