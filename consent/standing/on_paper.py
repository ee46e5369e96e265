"""What is confirmed of a person on a paper, by somebody else than who asks: a birth date, a death.

R3 of the domain; docs/policy.md, "standing", birth date and death. Taken back, it is as if never confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consent import vocabulary
from consent.rule import Text
from consent.standing.filing import Filing
from consent.verdict import NONE, Verdict
from resources.record import coding, problem, reference
from resources.record.problem import Issue
from resources.search.predicate import term

IDENTITY = ("code", "focus", "for", "input", "requester", "owner")
"""What was confirmed, at whose word, and who was asked: it stands when it is done."""


@dataclass(frozen=True, slots=True)
class OnPaper:
    """One thing that is so confirmed: the `code` of the Task that asks for it, what it is `called`, and the code system
    of its `papers`.

    `amiss` says what is wrong with what the Task asks of a person's record, `stands` what is noted under `note`.
    """

    code: str
    called: Text
    papers: str
    note: str
    amiss: Callable[[Filing, Mapping[str, Any]], Iterator[Issue]]
    stands: Callable[[Filing], str]

    def is_one(self, task: Mapping[str, Any] | None) -> bool:
        """Whether a Task asks for it."""
        return self.code in coding.of((task or {}).get("code"))

    def refused(self, filing: Filing) -> Iterator[Issue]:
        """Why it may not be asked, or not be answered by who writes it; what is done is only taken back."""
        if not any(self.is_one(task) for task in (filing.before, filing.after)):
            return
        was, becomes = filing.status()
        if was == "completed":
            yield from _standing(filing, becomes)
        elif self.is_one(filing.after):
            yield from self._asking(filing)
        if "completed" in (was, becomes) and not _confirms(filing):
            yield wrong(
                f"{self.called.en} is confirmed, and that taken back, by the agency that keeps the person's record or "
                "by the lead section, at the word of another agency: name one of them as `owner`",
                f"{self.called.ja}の確認とその取り消しは、その人の記録を管理する機関か主管課が、別の機関の求めにより"
                "行います。どちらかを担当（owner）にしてください",
                "status",
                "forbidden",
            )

    def judged(self, filing: Filing) -> Verdict:
        """It counts as it was so confirmed, for what was asked about."""
        if any(self.refused(filing)):
            return NONE
        was, becomes = filing.status()
        if not self.is_one(filing.after) or becomes != "completed":
            return Verdict(True)
        stands = filing.had.note(self.note) if was == "completed" else (self.stands(filing),)
        return Verdict(True, noted=frozenset(term(self.note, said) for said in stands))

    def _asking(self, filing: Filing) -> Iterator[Issue]:
        person = reference.one(filing.after, "focus")
        if not person.startswith("Patient/") or reference.one(filing.after, "for") != person:
            text = "it is about one person: the same Patient as `focus` and as `for`"
            yield wrong(text, "`focus` と `for` に、同じ Patient を記入してください", "focus")
            return
        amiss = list(self.amiss(filing, filing.look(person) or {}))
        yield from amiss
        if not amiss and filing.keeping.isdisjoint(filing.papers):
            paper = f"a DocumentReference about the person with a `{self.papers}` type"
            text = f"who asks keeps a paper that tells it: {paper}"
            ja = f"求める機関に、{self.called.ja}のわかる書面（種別 {self.papers} の DocumentReference）が必要です"
            yield wrong(text, ja, "focus")


def wrong(text: str, ja: str, element: str, code: str = "business-rule") -> Issue:
    """A finding about such a Task."""
    return problem.of_rule("R3", text, ja, f"Task.{element}", code)


def asked(task: Mapping[str, Any], *types: str) -> Any:
    """The one value of these types that a Task asks about; None where it says none, or several."""
    found = task.get("input") or ()
    values = [each[name] for each in found for name in (f"value{type}" for type in types) if name in each]
    return values[0] if len(found) == len(values) == 1 else None


def _standing(filing: Filing, becomes: str) -> Iterator[Issue]:
    if becomes not in ("completed", "entered-in-error"):
        text = "what was confirmed is taken back (`entered-in-error`), or stands"
        yield wrong(text, "確認したことは、取り消す（entered-in-error）か、そのままにします", "status")
    for element in IDENTITY:
        if filing.changed(element):
            text, ja = f"`{element}` stands once it is confirmed", f"確認した後の `{element}` は変更できません"
            yield wrong(text, ja, element)


def _confirms(filing: Filing) -> bool:
    """Whether the writer keeps the person's record, or leads, and does not answer what their own agency asked."""
    task = filing.before or filing.after
    own = filing.custodian in filing.facts.keeps
    return not own and (vocabulary.LEAD_SECTION in filing.held or filing.keeps(reference.one(task, "focus")))
