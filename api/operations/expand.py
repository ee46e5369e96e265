"""$expand: a value set written out as its codes, in the reader's language, page by page.

https://hl7.org/fhir/R4/valueset-operation-expand.html
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import coded, parameters
from profiles.composed import Codes
from profiles.terminology import Terminology
from resources.record import period
from resources.record.problem import Problem
from resources.search import fold

PARAMETERS = (
    *("url", "valueSet", "valueSetVersion", "filter", "offset", "count"),
    *("includeDesignations", "includeDefinition", "activeOnly", "excludeNested", "displayLanguage"),
)
_BARE = ("filter", "displayLanguage")
"""Empty they are as if not there: a field that fills itself in asks so before anything is typed."""
MOST = 1_000
_FLAGS = ("includeDesignations", "includeDefinition", "activeOnly", "excludeNested")
"""Of these the last two are so in any case: every code known here is in use, and an expansion is a list."""
_NUMBERS = ("offset", "count")
_TOLD = ("url", "version", "name", "title", "status", "language")
"""What an expansion says of its value set, its definition apart."""


async def expand(call: Call) -> Answer:
    """One page of the codes that the filter leaves; `total` counts them all."""
    given = await parameters.inputs(call, PARAMETERS, asking=True, bare=_BARE)
    known, language = coded.known(call), coded.language(call, given)
    definition, every = await _asked(call, known, given)
    codes = _filtered(known, every, parameters.word(given, "filter"))
    offset = parameters.number(given, "offset", 0, len(every) + MOST)
    count = parameters.number(given, "count", MOST, MOST)
    if "count" not in given and len(codes) - offset > MOST:
        text, ja = f"more than {MOST} codes: ask by pages", f"{MOST}件を超えます。`count` で区切って尋ねてください"
        raise Problem.of("too-costly", text, ja, "count")
    page = codes[offset : offset + count]
    whole = parameters.flag(given, "includeDesignations")
    told = {name: said for name, said in given.items() if name not in ("url", "valueSet")}
    told |= {name: parameters.flag(given, name) for name in _FLAGS if name in given}
    told |= {name: number for name, number in zip(_NUMBERS, (offset, count), strict=True) if name in given}
    named = repr((definition, sorted(map(str, given.items())), language))
    expansion: dict[str, Any] = {
        "identifier": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, named)}",
        "timestamp": period.instant(call.now),
        "total": len(codes),
        "offset": offset,
        "parameter": [{"name": name, **_value(said)} for name, said in told.items()],
    }
    if not expansion["parameter"]:
        del expansion["parameter"]
    if page:
        expansion["contains"] = [_contained(known, *code, language, whole=whole) for code in page]
    head = dict(definition) if parameters.flag(given, "includeDefinition") else _head(definition)
    return respond.json({"resourceType": "ValueSet", **head, "expansion": expansion})


async def _asked(call: Call, known: Terminology, given: Mapping[str, Any]) -> tuple[Mapping[str, Any], Codes]:
    """The value set that is asked about, with its codes: one that is known here, or one that is sent."""
    if "valueSet" not in given:
        url, definition = _meant(call, known, await coded.canonical(call, "ValueSet", given), given)
        return definition, known.value_sets[url]
    return coded.sent_set(call, known, given)


def _meant(call: Call, known: Terminology, canonical: str, given: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    url, _, version = canonical.partition("|")
    version = version or parameters.word(given, "valueSetVersion")
    if not url:
        raise Problem.of("structure", "name a value set by its `url`", "値集合を `url` で示してください", "url")
    found = call.on.spec.artefacts.get(url) or {"url": url, "version": "4.0.1", "status": "active"}
    if url not in known.value_sets or (version and version != found.get("version")):
        text, ja = f"the value set `{canonical}` is not known here", f"値集合 `{canonical}` は、ここにはありません"
        raise Problem.of("not-found", text, ja, "url")
    return url, found


def _filtered(known: Terminology, codes: Codes, text: str) -> Codes:
    """Those whose code, or a word in any language, has the text in it; kana, width and case count for nothing."""
    sought = fold.folded(text)
    if not sought:
        return codes
    words = ((code, (code[1], *known.term(*code).words.values())) for code in codes)
    return [code for code, said in words if any(sought in fold.folded(word) for word in said)]


def _contained(known: Terminology, system: str, code: str, language: str, *, whole: bool) -> dict[str, Any]:
    term = known.term(system, code)
    found: dict[str, Any] = {"system": system, "code": code}
    if term.words:
        found["display"] = term.display(language)
    others = [{"language": key, "value": word} for key, word in term.words.items() if word != found["display"]]
    return found | ({"designation": others} if whole and others else {})


def _head(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {key: definition[key] for key in _TOLD if key in definition}


def _value(said: Any) -> dict[str, Any]:
    if isinstance(said, bool):
        return {"valueBoolean": said}
    return {"valueInteger": said} if isinstance(said, int) else {"valueString": str(said)}
