"""A person ends what they had permitted: an agency that has them in care writes down their word, without a signature.

docs/policy.md, "standing", revocation; R3 of the domain. It is a Consent that grants nothing, by its category.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.provision import course, enforceable_provision, provisions
from consent.standing.filing import Filing
from consent.verdict import WORD, Verdict
from resources.record import coding, period, problem, reference
from resources.record.problem import Issue
from resources.search.predicate import term

Resource = Mapping[str, Any]

_NAMING = frozenset({"type", "actor"})


def is_one(consent: Resource) -> bool:
    """Whether it says of itself that it is such a word."""
    return vocabulary.REVOCATION in coding.of(consent.get("category"))


def refused(filing: Filing) -> Iterator[Issue]:
    """Why this word may not be written: who writes it, and what it would end."""
    word, person = filing.after, reference.one(filing.after, "patient")
    if not (filing.has_in_care(person) or filing.facts.actor.person == person):
        text = "an agency that has this person in care writes down that they take back a consent, or the person"
        ja = "同意の取り消しを記録できるのは、本人を支援している機関か本人です"
        yield problem.of_rule("R3", text, ja, "Consent.patient", "forbidden")
        return
    if word.get("status") != "inactive":
        text, ja = "a word that ends something is `inactive` from the start", "取り消しの記録の状態は `inactive` です"
        yield _issue(text, ja, "Consent.status")
    root = word.get("provision")
    if not isinstance(root, Mapping) or root.get("type") != "permit" or not set(root) <= _NAMING:
        text = "it says what is permitted no more: a `permit`, and of it the recipients alone"
        ja = "取り消す相手だけを `permit` の `actor` に記入してください"
        yield _issue(text, ja, "Consent.provision")
    else:
        yield from enforceable_provision.unenforceable(root, "Consent.provision")
    yield from _named(filing, person)


def judged(filing: Filing) -> Verdict:
    """It counts from now on, and for good."""
    if any(refused(filing)):
        return Verdict()
    return Verdict(True, noted=frozenset({term(WORD, period.instant(filing.facts.actor.now))}))


def _named(filing: Filing, person: str) -> Iterator[Issue]:
    """The consent that it names is this person's, counts still, and permits."""
    if not (name := course.revoked(filing.after)):
        return
    consent = filing.look(name) or {}
    at = "Consent.extension"
    if consent.get("resourceType") != "Consent" or reference.one(consent, "patient") != person:
        yield _issue("name a consent of this person", "この人の同意書を指定してください", at)
    elif not provisions.permits(consent):
        text = (
            "what withholds is ended by a newer signature of the person, not by word: file the paper that they signed, "
            "and say on it that it replaces earlier ones (`replaces-earlier`)"
        )
        ja = (
            "「提供しない」は、ことばでは終わりません。本人が新しく署名した用紙を、"
            "前の同意書に代わるもの（`replaces-earlier`）として登録してください"
        )
        yield _issue(text, ja, at)
    elif consent.get("status") != "active":
        yield _issue("this consent has ended already", "この同意書はすでに終わっています", at)


def _issue(text: str, ja: str, at: str) -> Issue:
    return problem.of_rule("R3", text, ja, at, "business-rule")
