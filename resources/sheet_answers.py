"""A QuestionnaireResponse read against its Questionnaire: answers by linkId, and what is missing or unknown.

https://hl7.org/fhir/R4/questionnaireresponse.html#link; R2 of the domain
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from resources.record import problem, wording
from resources.record.problem import Issue, Problem

COMPLETE = ("completed", "amended")
ALWAYS_ASKED = {"other-troubles": "R2"}
"""The question that the slides have everybody ask."""

VALUES = {
    "boolean": "valueBoolean",
    "choice": "valueCoding",
    "date": "valueDate",
    "integer": "valueInteger",
    "reference": "valueReference",
    "string": "valueString",
    "text": "valueString",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers in one group, or in the whole form: `asked` its Questionnaire items, `items` what was filled in."""

    asked: Mapping[str, Mapping[str, Any]]
    items: tuple[Mapping[str, Any], ...]
    at: str

    def all(self, link: str) -> list[Any]:
        """The values of an item, empty ones left out; a choice comes as the option's own Coding where there is one.

        An earlier version of the form that does not ask it has no answer.
        """
        if (question := self.asked.get(link)) is None:
            return []
        name = VALUES[question["type"]]
        given = [_given(answer, name) for item in self._of(link) for answer in item.get("answer", [])]
        found = [value for value in given if value is not None and not (isinstance(value, str) and not value.strip())]
        return [_option(question, value) or value for value in found] if name == "valueCoding" else found

    def one(self, link: str) -> Any:
        """The first value of an item, or None."""
        return next(iter(self.all(link)), None)

    def chosen(self, link: str) -> list[Any]:
        """The values of a choice, or those the form has ticked beforehand where it was left untouched."""
        options = self.asked.get(link, {}).get("answerOption", ())
        ticked = (_coding(option) for option in options if option.get("initialSelected"))
        return self.all(link) or list(ticked)

    def groups(self, link: str) -> list[Answers]:
        """Each repetition of a group."""
        asked = _by_link(self.asked.get(link, {}).get("item", []))
        return [
            Answers(asked, tuple(item.get("item", [])), f"{self.path(link)}[{index}]")
            for index, item in enumerate(self._of(link))
        ]

    def path(self, link: str) -> str:
        """The FHIRPath of an item."""
        return f"{self.at}.item.where(linkId='{link}')"

    def issues(self) -> Iterator[Issue]:
        """Everything that does not fit the form: unknown items, missing answers, unknown codes, wrong kinds."""
        for item in self.items:
            if item.get("linkId") not in self.asked:
                link = str(item.get("linkId"))
                yield Issue(
                    f"`{link}` is not an item of this sheet", f"`{link}` はこのシートの項目ではありません", self.at
                )
        for link, question in self.asked.items():
            if question["type"] == "group":
                yield from self._group_issues(link, question)
            elif question["type"] != "display":
                yield from self._answer_issues(link, question)

    def _group_issues(self, link: str, question: Mapping[str, Any]) -> Iterator[Issue]:
        groups = self.groups(link)
        if question.get("required") and not groups:
            yield self._missing(link, question)
        if len(groups) > 1 and not question.get("repeats"):
            yield self._repeated(link, question)
        for group in groups:
            yield from group.issues()

    def _answer_issues(self, link: str, question: Mapping[str, Any]) -> Iterator[Issue]:
        name = VALUES[question["type"]]
        answers = [answer for item in self._of(link) for answer in item.get("answer", [])]
        if question.get("required") and not self.all(link):
            yield self._missing(link, question)
        if len(answers) > 1 and not question.get("repeats"):
            yield self._repeated(link, question)
        for answer in answers:
            if _given(answer, name) is None:
                text, ja = f"`{link}` must be answered by a {name}", f"「{question['text']}」の答えの形が違います"
                yield Issue(text, ja, self.path(link))
            elif name == "valueCoding" and _option(question, answer[name]) is None:
                code = answer[name].get("code")
                text = f"`{code}` is not one of the codes `{link}` may have"
                yield Issue(
                    text, f"`{code}` は「{question['text']}」の選択肢にありません", self.path(link), code="code-invalid"
                )

    def _missing(self, link: str, question: Mapping[str, Any]) -> Issue:
        ja = f"「{question['text']}」がありません"
        if rule := ALWAYS_ASKED.get(link):
            return problem.of_rule(rule, f"`{link}` is missing", ja, self.path(link), code="required")
        return Issue(f"`{link}` is missing", ja, self.path(link), code="required")

    def _repeated(self, link: str, question: Mapping[str, Any]) -> Issue:
        return Issue(f"`{link}` is answered more than once", f"「{question['text']}」は1つだけです", self.path(link))

    def _of(self, link: str) -> list[Mapping[str, Any]]:
        return [item for item in self.items if item.get("linkId") == link]


def read(response: Mapping[str, Any], questionnaire: Mapping[str, Any]) -> Answers:
    """The whole form. Raises Problem where the response is of another form, or not completed."""
    canonical, _, _ = str(response.get("questionnaire", "")).partition("|")
    if canonical != questionnaire["url"]:
        text = f"`{canonical}` is not `{questionnaire['url']}`"
        raise Problem.of(
            "invalid", text, f"`{canonical}` はこのシートではありません", "QuestionnaireResponse.questionnaire"
        )
    if response.get("status") not in COMPLETE:
        text = f"a sheet that is `{response.get('status')}` is not completed"
        raise Problem.of("invalid", text, "シートの記入が終わっていません", "QuestionnaireResponse.status")
    return Answers(_by_link(questionnaire["item"]), tuple(response.get("item", [])), "QuestionnaireResponse")


def in_words(group: Answers, link: str) -> Iterator[Issue]:
    """Whoever is named by words alone: there is nobody to whom anything could be sent, or who could be let in."""
    for named in group.all(link):
        if not named.get("reference"):
            said = wording.quoted(str(named.get("display", "")))
            yield Issue(
                f"{said} is not in the directory, so nothing is sent to it and nothing shared with it: name the agency "
                "as a reference, as the list has it",
                f"{said} は名簿にありません。紹介も情報の共有もこの機関へは届きません。名簿にある機関を選んでください",
                group.path(link),
                code="not-found",
            )


def _by_link(items: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {item["linkId"]: item for item in items}


def _given(answer: Mapping[str, Any], name: str) -> Any:
    """The value of an answer; where a date is asked for, one in words is looked at by whoever knows what it must be."""
    said = answer.get(name)
    return answer.get("valueString") if said is None and name == "valueDate" else said


def _option(question: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any] | None:
    """The option with this system and code."""
    for option in question["answerOption"]:
        coding = _coding(option)
        if (coding["system"], coding["code"]) == (value.get("system"), value.get("code")):
            return coding
    return None


def _coding(option: Mapping[str, Any]) -> dict[str, Any]:
    """An option's Coding without its translations."""
    return {key: value for key, value in option["valueCoding"].items() if not key.startswith("_")}
