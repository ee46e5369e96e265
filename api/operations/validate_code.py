"""$validate-code: whether a code is one of a code system, or of a value set, and has the word given for it.

https://hl7.org/fhir/R4/codesystem-operation-validate-code.html; https://hl7.org/fhir/R4/valueset-operation-validate-code.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.http.answer import Answer
from api.http.call import Call
from api.operations import coded, parameters
from api.operations.coded import Asked
from profiles.composed import Codes
from profiles.terminology import Terminology
from resources.record.problem import Problem

OF_SYSTEM = ("url", "code", "version", "display", "coding", "codeableConcept", "displayLanguage")
OF_SET = (
    *("url", "valueSet", "valueSetVersion", "system", "systemVersion", "code", "display", "coding", "codeableConcept"),
    "displayLanguage",
)


async def of_system(call: Call) -> Answer:
    """CodeSystem/$validate-code"""
    given = await parameters.inputs(call, OF_SYSTEM, asking=True, bare=("display", "displayLanguage"))
    known = coded.known(call)
    url = await coded.canonical(call, "CodeSystem", given)
    if not url and "code" in given:
        raise Problem.of(
            "structure", "name a code system by its `url`", "コードシステムを `url` で示してください", "url"
        )
    named = coded.asked(given, url.partition("|")[0])
    coded.of_known_versions(known, named)
    system = coded.system(known, url or named[0].system, parameters.word(given, "version"))
    return _told(call, known, named, {(system.url, code) for code in system.terms}, coded.language(call, given))


async def of_value_set(call: Call) -> Answer:
    """ValueSet/$validate-code"""
    given = await parameters.inputs(call, OF_SET, asking=True, bare=("display", "displayLanguage"))
    known = coded.known(call)
    allowed = coded.sent_set(call, known, given)[1] if "valueSet" in given else await _of_set(call, known, given)
    named = coded.asked(given | {"version": parameters.word(given, "systemVersion")})
    coded.of_known_versions(known, named)
    return _told(call, known, named, set(allowed), coded.language(call, given))


async def _of_set(call: Call, known: Terminology, given: Mapping[str, Any]) -> Codes:
    canonical = await coded.canonical(call, "ValueSet", given)
    url, _, version = canonical.partition("|")
    version = version or parameters.word(given, "valueSetVersion")
    ours = call.on.spec.artefacts.get(url, {}).get("version", "4.0.1")
    if not url:
        raise Problem.of("structure", "name a value set by its `url`", "値集合を `url` で示してください", "url")
    if url not in known.value_sets or version not in ("", ours):
        text, ja = f"the value set `{canonical}` is not known here", f"値集合 `{canonical}` は、ここにはありません"
        raise Problem.of("not-found", text, ja, "url")
    return known.value_sets[url]


def _told(call: Call, known: Terminology, named: list[Asked], allowed: set[tuple[str, str]], language: str) -> Answer:
    """One of the codes asked about is enough; the message says what is wrong with the first where none is."""
    for one in named:
        term = known.term(one.system, one.code)
        if (one.system, one.code) in allowed and coded.is_word_of(term, one.display):
            code = [{"name": "system", "valueUri": one.system}, {"name": "code", "valueCode": one.code}]
            return coded.told(
                {"name": "result", "valueBoolean": True}, coded.text("display", term.display(language)), *code
            )
    one = named[0]
    term = known.term(one.system, one.code)
    if (one.system, one.code) in allowed:
        en, ja = (
            f"`{one.display}` is not a display of `{one.code}`",
            f"`{one.display}` は `{one.code}` の表示ではありません",
        )
        shown = term.display(language)
    else:
        en, ja, shown = f"`{one.code}` is not among the codes", f"`{one.code}` は、この中のコードではありません", ""
    message = ja if language == "ja" else en
    return coded.told(
        {"name": "result", "valueBoolean": False}, coded.text("message", message), coded.text("display", shown)
    )
