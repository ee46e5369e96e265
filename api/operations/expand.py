"""$expand: a value set written out as its codes, in the reader's language, page by page.

https://hl7.org/fhir/R4/valueset-operation-expand.html
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from api import respond
from api.answer import Answer
from api.call import Call
from api.operations import coded, parameters
from profiles.terminology import Terminology
from resources.record import period
from resources.record.problem import Problem
from resources.search import fold

PARAMETERS = (
    *("url", "valueSetVersion", "filter", "offset", "count"),
    *("includeDesignations", "includeDefinition", "displayLanguage"),
)
MOST = 1_000
_TOLD = ("url", "version", "name", "title", "status", "language")
"""What an expansion says of its value set, its definition apart."""


async def expand(call: Call) -> Answer:
    """One page of the codes that the filter leaves; `total` counts them all."""
    given = await parameters.inputs(call, PARAMETERS)
    known, language = coded.known(call), coded.language(call, given)
    url, definition = _meant(call, known, await coded.canonical(call, "ValueSet", given), given)
    codes = _filtered(known, known.value_sets[url], parameters.word(given, "filter"))
    offset = parameters.number(given, "offset", 0, len(known.value_sets[url]) + MOST)
    count = parameters.number(given, "count", MOST, MOST)
    if "count" not in given and len(codes) - offset > MOST:
        text, ja = f"more than {MOST} codes: ask by pages", f"{MOST}件を超えます。`count` で区切って尋ねてください"
        raise Problem.of("too-costly", text, ja, "count")
    page = codes[offset : offset + count]
    whole = parameters.flag(given, "includeDesignations")
    named = repr((url, sorted(map(str, given.items())), language))
    expansion: dict[str, Any] = {
        "identifier": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, named)}",
        "timestamp": period.instant(call.now),
        "total": len(codes),
        "offset": offset,
        "parameter": [{"name": name, **_value(said)} for name, said in given.items() if name != "url"],
    }
    if not expansion["parameter"]:
        del expansion["parameter"]
    if page:
        expansion["contains"] = [_contained(known, *code, language, whole=whole) for code in page]
    head = dict(definition) if parameters.flag(given, "includeDefinition") else _head(definition)
    return respond.json({"resourceType": "ValueSet", **head, "expansion": expansion})


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


def _filtered(known: Terminology, codes: Sequence[tuple[str, str]], text: str) -> Sequence[tuple[str, str]]:
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
