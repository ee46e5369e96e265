"""Whether a QuestionnaireResponse answers its Questionnaire: its items, their types, options, number and condition.

https://hl7.org/fhir/R4/questionnaireresponse.html#notes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from profiles import address, expand
from profiles.spec import Spec
from resources.record import coding, enabled, problem, wording
from resources.record.enabled import Item, Scope
from resources.record.problem import Issue

_TYPES: Mapping[str, tuple[str, ...]] = {
    "boolean": ("Boolean",),
    "decimal": ("Decimal",),
    "integer": ("Integer",),
    "date": ("Date",),
    "dateTime": ("DateTime",),
    "time": ("Time",),
    "string": ("String",),
    "text": ("String",),
    "url": ("Uri",),
    "choice": ("Coding", "String", "Integer", "Date", "Time", "Reference"),
    "open-choice": ("Coding", "String", "Integer", "Date", "Time", "Reference"),
    "attachment": ("Attachment",),
    "reference": ("Reference",),
    "quantity": ("Quantity",),
}
"""Which values answer an item of which type; an item without answers of its own has none."""

_DONE = ("completed", "amended")


def issues(spec: Spec, response: Mapping[str, Any], at: str) -> Iterator[Issue]:
    """Of a sound response to a form of ours, or to one that it contains; any other cannot be looked at, but a version
    of ours that there never was is none, and one of ours under another address is written by its own."""
    form, named = _form(spec, response), str(response.get("questionnaire", ""))
    contained = named.startswith("#")
    named = str((form or {}).get("url", "")) if contained else named
    meant = _meant(spec, named)
    if meant and (contained or named.partition("|")[0] != meant):
        shown = wording.quoted(str(response["questionnaire"]))
        text = f"{shown} reads like a form of ours and is not looked at as one: write `{meant}`"
        ja = f"{shown} では様式として確かめられません。`{meant}` と書いてください"
        yield Issue(text, ja, f"{at}.questionnaire", code="not-found")
        return
    if form is None:
        if meant:
            yield Issue(*no_version(spec, named), f"{at}.questionnaire", code="not-found")
        return
    items, given = form.get("item", ()), response.get("item", ())
    checked = _Answers(spec, response.get("status") in _DONE)
    yield from checked.items(items, given, at, [(enabled.links(items), given)])


def no_version(spec: Spec, named: str) -> tuple[str, str]:
    """What is said of a form of ours under a version that it never had."""
    url, _, version = named.partition("|")
    force, shown = spec.artefacts[url].get("version", ""), wording.quoted(version)
    text = f"this form has no version {shown}: the one in force is `{force}`, and without a version it is meant"
    return text, f"この様式に版 {shown} はありません。今の版は `{force}` で、版を書かなければ今の版です"


def _meant(spec: Spec, named: str) -> str:
    """The form of ours that is named so, in whatever way and letters; empty where it is none."""
    name = address.names(named)[0]
    forms = (url for url, each in spec.artefacts.items() if each.get("resourceType") == "Questionnaire")
    return next((url for url in forms if name and address.names(url)[0] == name), "")


def _form(spec: Spec, response: Mapping[str, Any]) -> Mapping[str, Any] | None:
    canonical = str(response.get("questionnaire", ""))
    if canonical.startswith("#"):
        inside = (each for each in response.get("contained", ()) if each.get("id") == canonical[1:])
        found = next(inside, None)
    else:
        found = spec.artefact(canonical)
    return found if found is not None and found.get("resourceType") == "Questionnaire" else None


class _Answers:
    """`done` says that nothing is still to be answered."""

    def __init__(self, spec: Spec, done: bool) -> None:
        self.spec = spec
        self.done = done

    def items(self, asked: Sequence[Item], given: Sequence[Item], at: str, scopes: list[Scope]) -> Iterator[Issue]:
        """What was given below one group, question or the whole, against what is asked there."""
        known = {str(each["linkId"]): each for each in asked}
        times = dict.fromkeys(known, 0)
        for place, each in enumerate(given):
            link, here = str(each.get("linkId")), f"{at}.item[{place}]"
            item = known.get(link)
            if item is None:
                shown = wording.quoted(link)
                text, ja = f"the form asks no {shown} here", f"様式のこの位置に {shown} の項目はありません"
                yield Issue(text, ja, f"{here}.linkId", code="not-found")
                continue
            times[link] += 1
            yield from self._item(item, each, here, scopes)
        for link, item in known.items():
            yield from self._number(item, times[link], given, at, scopes)

    def _number(self, item: Item, times: int, given: Sequence[Item], at: str, scopes: list[Scope]) -> Iterator[Issue]:
        shown = wording.quoted(str(item["linkId"]))
        if times > 1 and not (item.get("repeats") and item["type"] == "group"):
            text, ja = f"{shown} is given more than once", f"{shown} が二度以上あります"
            yield Issue(text, ja, f"{at}.item", code="structure")
        if not (self.done and item.get("required") and item["type"] != "display"):
            return
        here = [each for each in given if each.get("linkId") == item["linkId"]]
        if not any(map(_is_answered, here)) and enabled.is_enabled(item, scopes):
            asked = str(item.get("text", "")).partition("（")[0]
            text, ja = f"{shown} must be answered", f"{f'「{asked}」' if asked else shown} への回答が必要です"
            place = f"{at}.item" if given else at
            rules = sorted(coding.codes({"coding": item.get("code", ())}, "rule"))
            yield (
                problem.of_rule(rules[0], text, ja, place, "required")
                if rules
                else Issue(text, ja, place, code="required")
            )

    def _item(self, item: Item, given: Item, at: str, scopes: list[Scope]) -> Iterator[Issue]:
        inner, answers = item.get("item", ()), given.get("answer", ())
        shown = wording.quoted(str(item["linkId"]))
        if (answers or given.get("item")) and not enabled.is_enabled(item, scopes):
            text, ja = f"{shown} is not asked, by the other answers", f"ほかの回答により {shown} は尋ねられていません"
            yield Issue(text, ja, at, code="business-rule")
        if item["type"] in ("group", "display"):
            if answers:
                text, ja = f"{shown} is no question", f"{shown} は質問ではありません"
                yield Issue(text, ja, f"{at}.answer", code="structure")
            nearer = [*scopes, (enabled.links(inner), given.get("item", ()))]
            yield from self.items(inner, given.get("item", ()), at, nearer)
            return
        if given.get("item"):
            text, ja = f"what is below {shown} is below its answer", f"{shown} の下の項目は answer の下に書きます"
            yield Issue(text, ja, f"{at}.item", code="structure")
        if len(answers) > 1 and not item.get("repeats"):
            text, ja = f"{shown} has one answer", f"{shown} への回答は一つです"
            yield Issue(text, ja, f"{at}.answer", code="structure")
        for place, answer in enumerate(answers):
            here = f"{at}.answer[{place}]"
            yield from self._answer(item, answer, here)
            if inner or answer.get("item"):
                nearer = [*scopes, (enabled.links(inner), answer.get("item", ()))]
                yield from self.items(inner, answer.get("item", ()), here, nearer)

    def _answer(self, item: Item, answer: Mapping[str, Any], at: str) -> Iterator[Issue]:
        kind, value = found = enabled.value(answer)
        if not kind:
            return
        here = f"{at}.value{kind}"
        if kind not in _TYPES[item["type"]]:
            listed = ", ".join(f"value{each}" for each in _TYPES[item["type"]])
            text, ja = f"an answer of type {item['type']} is {listed}", f"{item['type']} の回答は {listed} です"
            yield Issue(text, ja, here, code="structure")
            return
        if item.get("maxLength") and isinstance(value, str) and len(value) > item["maxLength"]:
            text, ja = f"an answer has at most {item['maxLength']} characters", f"{item['maxLength']} 文字までです"
            yield Issue(text, ja, here, code="too-long")
        if item["type"] == "open-choice" and kind == "String":
            return
        if not self._is_option(item, found):
            text, ja = "this is none of the answers that may be chosen", "選べる回答ではありません"
            yield Issue(text, ja, here, code="code-invalid")

    def _is_option(self, item: Item, found: tuple[str, Any]) -> bool:
        if options := item.get("answerOption"):
            return any(enabled.same(found, enabled.value(each)) for each in options)
        codings = self.spec.codings.get(expand.canonical(str(item.get("answerValueSet", ""))))
        kind, value = found
        return codings is None or kind != "Coding" or (value.get("system"), value.get("code")) in codings


def _is_answered(given: Item) -> bool:
    """Whether an item has a value, or one of those below it has."""
    if "answer" in given:
        return any(enabled.value(each)[0] for each in given["answer"])
    return any(_is_answered(each) for each in given.get("item", ()))
