"""$lookup: what a code says, in Japanese and English, and what stands above and below it.

https://hl7.org/fhir/R4/codesystem-operation-lookup.html
"""

from __future__ import annotations

from typing import Any

from api.http.answer import Answer
from api.http.call import Call
from api.operations import coded, parameters
from profiles.terminology import CodeSystem, Term
from resources.record.problem import Problem

PARAMETERS = ("code", "system", "version", "coding", "displayLanguage", "property")


async def lookup(call: Call) -> Answer:
    given = await parameters.inputs(call, PARAMETERS, asking=True, many=("property",), bare=("displayLanguage",))
    [one] = coded.asked(given)
    language = coded.language(call, given)
    system = coded.system(coded.known(call), one.system, one.version)
    term = system.terms.get(one.code)
    if term is None:
        text = f"`{one.code}` is no code of `{one.system}`"
        raise Problem.of("not-found", text, f"`{one.code}` は `{one.system}` のコードではありません", "code")
    wanted = {str(each) for each in given["property"]}
    properties = [each for each in _properties(system, term) if _is_wanted(wanted, each["part"][0]["valueCode"])]
    words = ((key, word) for key, word in term.words.items() if _is_wanted(wanted, "designation", f"lang.{key}"))
    designations = [_designation(*each) for each in words]
    return coded.told(
        coded.text("name", next(iter(system.title.values()), "") or system.url),
        coded.text("version", system.version),
        coded.text("display", term.display(language)),
        coded.text("definition", term.definition if _is_wanted(wanted, "definition") else ""),
        *designations,
        *properties,
    )


def _is_wanted(wanted: set[str], *names: str) -> bool:
    """Whether a property is asked for by one of its names; all are where none is named."""
    return not wanted or not wanted.isdisjoint(names)


def _designation(language: str, word: str) -> dict[str, Any]:
    said = [{"name": "language", "valueCode": language}, {"name": "value", "valueString": word}]
    return {"name": "designation", "part": said}


def _properties(system: CodeSystem, term: Term) -> list[dict[str, Any]]:
    """Those of the code system, and the codes right above and below."""
    near = [("parent", code) for code in term.parents]
    near += [("child", code) for code, other in system.terms.items() if term.code in other.parents]
    found = [_property(name, {"valueCode": code}) for name, code in near]
    for each in term.properties:
        if each["code"] not in ("parent", "child", "subsumedBy"):
            found.append(_property(each["code"], {key: said for key, said in each.items() if key.startswith("value")}))
    return found


def _property(code: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"name": "property", "part": [{"name": "code", "valueCode": code}, {"name": "value", **value}]}
