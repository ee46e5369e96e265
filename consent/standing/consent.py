"""A Consent counts where an agency that has the person in care files it, on a dated paper, signed by who may sign.

docs/policy.md, "standing"; R3 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from consent.standing import revocation, signature
from consent.standing.filing import Filing, Kind
from consent.standing.signed import Paper, day
from consent.verdict import EVERY_KEEPER, LAPSES, NONE, PAPER, REVOKED, Verdict
from resources.record import coding, naming, period, problem, reference
from resources.record.problem import Issue
from resources.search.predicate import term


def refused(filing: Filing) -> Iterator[Issue]:
    """Why this may not become active: who files, on what, and who signed. A word that ends another is no paper."""
    if revocation.is_one(filing.after) and filing.before is None:
        yield from revocation.refused(filing)
        return
    if filing.after.get("status") == "active" and (filing.before or {}).get("status") != "active":
        yield from _wrong(filing)


def _wrong(filing: Filing) -> Iterator[Issue]:
    person = reference.one(filing.after, "patient")
    if not person:
        return
    if not _may_file(filing, person):
        text = (
            "an agency that has this person in care files their consent, or the person: send the paper to one of them"
        )
        ja = "同意書を登録できるのは、本人を支援している機関か本人です。用紙はその機関に渡してください"
        yield problem.of_rule("R3", text, ja, "Consent.patient", "forbidden")
        return
    yield from _paper(filing, person)
    if day(filing.after) is not None:
        yield from _signers(filing)


def judged(filing: Filing) -> Verdict:
    """What was judged once stands, and so does that it was ended; else it is judged as it becomes active."""
    consent, had = filing.after, filing.had
    if revocation.is_one(consent) and filing.before is None:
        return revocation.judged(filing)
    if _is_judged(had):
        ends = (filing.before or {}).get("status") == "active" and consent.get("status") == "inactive"
        if not ends or had.note(REVOKED):
            return had
        return replace(had, noted=had.noted | {term(REVOKED, period.instant(filing.facts.actor.now))})
    signing = filing.signing
    if consent.get("status") != "active" or signing is None or signing.paper is None or any(_wrong(filing)):
        return NONE
    if signature.is_against(consent, signing):
        return Verdict(void=True)
    if _is_ward_of_others(filing) or not signature.founded(consent, signing):
        return NONE  # by a guardian, or a birth date under another name, that the filer is not told of; or by nobody
    person = reference.one(consent, "patient")
    honoured = {EVERY_KEEPER} if filing.facts.actor.person == person else filing.keeping
    noted = {term(PAPER, signing.paper.cited)}
    if lapses := signature.lapses(consent, signing):
        noted.add(term(LAPSES, period.instant(lapses)))
    return Verdict(True, frozenset(honoured), noted=frozenset(noted))


_SHEET = f"{coding.BASE}/Questionnaire/tsunagu-sheet"

KIND = Kind(refused, judged)


def _is_judged(had: Verdict) -> bool:
    return had.counts or had.void


def _may_file(filing: Filing, person: str) -> bool:
    return filing.has_in_care(person) or filing.facts.actor.person == person


def _paper(filing: Filing, person: str) -> Iterator[Issue]:
    """The paper is in the filer's keeping, names the person, is dated, and was recorded with the signature on it."""
    if not filing.after.get("sourceReference"):
        text = "name the signed sheet or document that your agency keeps: an attachment alone is no paper"
        ja = "自機関が保管する署名済みのシートか文書を指定してください（添付だけでは足りません）"
        yield _issue(text, ja, "Consent.sourceReference")
        return
    signed, paper = day(filing.after), filing.signing.paper if filing.signing else None
    if paper is None or paper.custodian not in filing.keeping:
        text = "it is signed on a QuestionnaireResponse or DocumentReference that your agency keeps, not one in error"
        ja = "署名は、自機関が保管する QuestionnaireResponse か DocumentReference（誤りのもの以外）にあるものです"
        yield _issue(text, ja, "Consent.sourceReference")
    elif person not in paper.about or not _is_dated(paper):
        text = "the paper names this person and a date"
        ja = "用紙には、この人と日付が記されている必要があります"
        yield _issue(text, ja, "Consent.sourceReference")
    elif not signature.is_refusal(filing.after) and _is_unsigned(paper, person):
        text = (
            "nobody signed for this person on the sheet: write the signature in their row, or name the signed document"
        )
        ja = "シートのこの人の行に署名がありません。行に署名を書き入れるか、署名のある文書を示してください"
        yield _issue(text, ja, "Consent.sourceReference")
    elif signed and paper.recorded < signed:
        text = f"`{paper.cited}` was recorded before the day of signing: record the paper that was signed"
        ja = f"`{paper.cited}` は署名の日より前の記録です。署名のある用紙を記録してください"
        yield _issue(text, ja, "Consent.sourceReference")


def _is_unsigned(paper: Paper, person: str) -> bool:
    """Whether it is a つなぐシート whose row of this person has no signature: of a row that is tied to nobody, and of
    other forms, nobody can tell."""
    if str(paper.body.get("questionnaire", "")).partition("|")[0] != _SHEET:
        return False
    rows = [row for row in paper.body.get("item") or () if row.get("linkId") == "member"]
    own = [row for row in rows if person in naming.tied_to(row)]
    return bool(own) and not any(map(_bears_a_signature, own))


def _bears_a_signature(row: Mapping[str, Any]) -> bool:
    consents = (part for part in row.get("item") or () if part.get("linkId") == "member.consent")
    given = (each for part in consents for each in part.get("item") or ())
    signed = (each for each in given if each.get("linkId") == "member.consent.signature")
    answers = (str(answer.get("valueString", "")) for each in signed for answer in each.get("answer") or ())
    return any(letter.isalnum() for said in answers for letter in said)


def _is_dated(paper: Paper) -> bool:
    body = paper.body
    if body.get("resourceType") == "QuestionnaireResponse":
        return "authored" in body or _answers_a_date(body.get("item"))
    attached = [each.get("attachment") or {} for each in body.get("content") or ()]
    return "date" in body or any("creation" in each for each in attached)


def _answers_a_date(node: Any) -> bool:
    if isinstance(node, Mapping):
        return any(key in ("valueDate", "valueDateTime") or _answers_a_date(inner) for key, inner in node.items())
    return isinstance(node, list) and any(_answers_a_date(each) for each in node)


def _signers(filing: Filing) -> Iterator[Issue]:
    consent, signing = filing.after, filing.signing
    if signing is None:
        return
    performers = reference.many(consent, "performer")
    for place in signature.may_not(consent, signing):
        yield _issue(
            f"`{performers[place]}` may not sign for this person: oneself, of age; or a guardian, or a minor's parent,"
            " recorded before that day with a court's or register's paper, an adult's confirmed by the lead section;"
            " age goes by the birth date they were registered with, or one then confirmed (Task `confirm-birth-date`)",
            f"`{performers[place]}` は署名できません。署名するのは成年の本人か、署名の日より前に"
            "裁判所・戸籍等の書面とともに登録された後見人・親権者（成年の後見人は主管課の確認があるもの）です。"
            "年齢は、登録したときの生年月日か、確認（confirm-birth-date）の済んだ生年月日によります",
            f"Consent.performer[{place}]",
        )
    if _is_own_word(filing) and any(one.custodian in filing.keeping for one in _guardians(filing)):
        text = "this person has a guardian, who signs; a refusal they sign themselves"
        ja = "この人には後見人がいます。提供の同意は後見人が署名します（断ることは本人ができます）"
        yield _issue(text, ja, "Consent.performer")


def _is_own_word(filing: Filing) -> bool:
    """A grant that the person signed alone."""
    alone = set(reference.many(filing.after, "performer")) == {reference.one(filing.after, "patient")}
    return alone and not signature.is_refusal(filing.after)


def _is_ward_of_others(filing: Filing) -> bool:
    """A ward, as another agency knows: the filer is not told."""
    return _is_own_word(filing) and bool(_guardians(filing))


def _guardians(filing: Filing) -> list[Any]:
    return signature.guardians(filing.after, filing.signing) if filing.signing else []


def _issue(text: str, ja: str, at: str) -> Issue:
    return problem.of_rule("R3", text, ja, at, "business-rule")
