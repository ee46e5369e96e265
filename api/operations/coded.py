"""What the terminology operations share: which codes are asked about, and how an answer is said.

https://hl7.org/fhir/R4/terminology-service.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from profiles import composed, terminology
from profiles.composed import Codes
from profiles.terminology import CodeSystem, Term, Terminology
from resources.record.problem import Problem

MOST_CODINGS = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """One code that is asked about; `display` is what the asker takes for its word, `version` of the system."""

    system: str
    code: str
    display: str = ""
    version: str = ""


def known(call: Call) -> Terminology:
    return terminology.of(call.on.spec)


def language(call: Call, given: Mapping[str, Any]) -> str:
    """`ja` or `en`, by `displayLanguage`, else by the header."""
    said = parameters.word(given, "displayLanguage")[:2].lower()
    return said if said in ("ja", "en") else call.language


async def canonical(call: Call, type: str, given: Mapping[str, Any], name: str = "url") -> str:
    """The definition asked about, by its id in the address or by its canonical; empty where neither is given."""
    if "id" not in call.path:
        return parameters.word(given, name)
    if name in given:
        text, ja = f"`{name}` and an id are too much: one of them", f"`{name}` と id は、どちらか一つです"
        raise Problem.of("structure", text, ja, name)
    found = orjson.loads((await call.on.gate.read(call.actor, type, call.id)).body)
    return f"{found['url']}|{found['version']}" if "version" in found else str(found["url"])


def asked(given: Mapping[str, Any], system: str = "") -> list[Asked]:
    """The codes asked about: `code` of a system, a `coding`, or the codings of a `codeableConcept`.

    Raises Problem where there is none, or more than one of these ways.
    """
    ways = [name for name in ("code", "coding", "codeableConcept") if name in given]
    if len(ways) != 1:
        text = "ask by one of `code` with its `system`, `coding`, `codeableConcept`"
        raise Problem.of(
            "structure", text, "`code` と `system`、`coding`、`codeableConcept` のどれか一つで尋ねてください", "code"
        )
    if ways == ["code"]:
        version, display = parameters.word(given, "version"), parameters.word(given, "display")
        found = [Asked(parameters.word(given, "system") or system, parameters.word(given, "code"), display, version)]
    else:
        said = given[ways[0]]
        codings = said.get("coding", ()) if ways == ["codeableConcept"] and isinstance(said, dict) else [said]
        found = [_coding(each, ways[0]) for each in codings]
    if not found or len(found) > MOST_CODINGS or not all(each.system and each.code for each in found):
        text = f"1 to {MOST_CODINGS} codes, each with its code system"
        raise Problem.of(
            "structure", text, f"コードは、コードシステムと共に1～{MOST_CODINGS}件で示してください", ways[0]
        )
    return found


def system(known: Terminology, url: str, version: str = "") -> CodeSystem:
    """A code system by its url. Raises Problem `not-found` where it, or this version of it, is not known here."""
    url, _, of_url = url.partition("|")
    found = known.systems.get(url)
    wanted = version or of_url
    if found is None or (wanted and wanted != found.version):
        named = f"{url}|{wanted}" if wanted else url
        text, ja = f"the code system `{named}` is not known here", f"コードシステム `{named}` は、ここにはありません"
        raise Problem.of("not-found", text, ja, "system")
    return found


def of_known_versions(known: Terminology, named: Sequence[Asked]) -> None:
    """Raises Problem `not-found` where a code is asked about in a version of its system that is not known here."""
    for one in named:
        if one.version:
            system(known, one.system, one.version)


def sent_set(call: Call, known: Terminology, given: Mapping[str, Any]) -> tuple[Mapping[str, Any], Codes]:
    """The value set that is sent instead of named, and its codes. Raises Problem where it cannot be written out."""
    sent, at = given["valueSet"], "Parameters.parameter.where(name='valueSet')"
    if "url" in given or "id" in call.path or not isinstance(sent, dict) or sent.get("resourceType") != "ValueSet":
        text, ja = "send one ValueSet, or name one", "ValueSet を一つ送るか、一つ示してください"
        raise Problem.of("structure", text, ja, at)
    try:
        return {key: value for key, value in sent.items() if key != "resourceType"}, composed.codes(known, sent)
    except composed.Unknown as unknown:
        text, ja = f"`{unknown}` cannot be written out here", f"`{unknown}` は、ここでは書き出せません"
        raise Problem.of("not-found", text, ja, at) from None


def is_word_of(term: Term, display: str) -> bool:
    """Whether a word is this code's, in any language."""
    return not display or any(display.casefold() == word.casefold() for word in term.words.values())


def told(*parts: Mapping[str, Any] | None) -> Answer:
    """A Parameters of these parts."""
    return respond.json({"resourceType": "Parameters", "parameter": [each for each in parts if each]})


def text(name: str, value: str) -> dict[str, Any] | None:
    return {"name": name, "valueString": value} if value else None


def _coding(said: Any, name: str) -> Asked:
    if not isinstance(said, dict):
        raise Problem.of("structure", f"`{name}` is a Coding: ask by POST", f"`{name}` は POST で尋ねてください", name)
    return Asked(*(str(said.get(key, "")) for key in ("system", "code", "display", "version")))
