"""Which form a body is sent in and which one is wanted back, in whatever way clients write that.

https://hl7.org/fhir/R4/http.html#mime-type; https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from resources.record.problem import Problem

Form = Literal["json", "xml"]

JSON = "application/fhir+json"
XML = "application/fhir+xml"

_SENT: Mapping[str, Form] = {
    JSON: "json",
    "application/json": "json",
    "text/json": "json",
    XML: "xml",
    "application/xml": "xml",
    "text/xml": "xml",
}
_ASKED: Mapping[str, Form] = {**_SENT, "json": "json", "xml": "xml"}
PAGE = "text/html"
_ANYTHING = ("*/*", "application/*")
_VERSIONS = ("4.0", "4.0.1")
_USUAL = frozenset({JSON, "*/*", "application/*", "application/json"})
"""What nearly every request says: it is looked at no further."""


def sent(content_type: str) -> Form:
    """The form of a body. Raises Problem `media-type` where it is none that is read, or not utf-8."""
    kind, parameters = _parts(content_type)
    form = _SENT.get(kind)
    charset, version = parameters.get("charset", "utf-8"), parameters.get("fhirversion", "4.0")
    if form is None or charset != "utf-8" or version not in _VERSIONS:
        shown = content_type[:100] or "nothing"
        text = f"send `{JSON}` or `{XML}` in utf-8, of version 4.0, not `{shown}`"
        ja = f"UTF-8、4.0 版の `{JSON}` か `{XML}` で送ってください（`{content_type[:100] or 'なし'}`）"
        raise Problem.of("media-type", text, ja)
    return form


def kind(content_type: str) -> str:
    """The media type alone, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def wanted(parameters: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> Form:
    """The form of the answer: as `_format` says, else Accept. Raises Problem `not-acceptable` where none is ours."""
    accept = headers.get("accept", "*/*")
    asked = next((value for name, value in parameters if name == "_format"), None) if parameters else None
    if asked is None and accept in _USUAL:
        return "json"
    # A bare `+` in an address is a blank.
    found = _chosen([(asked.replace(" ", "+"), 1.0)]) if asked is not None else _chosen(_by_weight(accept))
    if found is None:
        said = asked if asked is not None else accept
        text = f"this server answers `{JSON}` and `{XML}` of version 4.0, not `{said[:100]}`"
        ja = f"このサーバーは 4.0 版の `{JSON}` か `{XML}` で応答します"
        raise Problem.of("not-acceptable", text, ja, "_format" if asked is not None else "")
    return found


def perhaps(accept: str) -> Form:
    """The form in which a resource would be answered, where something else may be: that decides whether one is."""
    return _chosen(_by_weight(accept)) or "json"


def page(parameters: Sequence[tuple[str, str]], accept: str) -> bool:
    """Whether a page is wanted, as a browser does: it is named by `_format`, or comes first in Accept."""
    asked = next((value for name, value in parameters if name == "_format"), None)
    if asked is not None:
        return asked in ("html", PAGE)
    return accept not in _USUAL and _parts(_by_weight(accept)[0][0])[0] == PAGE


def is_fhir(content_type: str) -> bool:
    """Whether a body of this type is a resource, and not a content of its own."""
    return not content_type or kind(content_type) in _SENT


def asks_fhir(accept: str) -> bool:
    """Whether a resource is what is wanted first."""
    return _parts(_by_weight(accept)[0][0])[0] in _SENT


def takes(accept: str, content_type: str) -> bool:
    """Whether a content of this type is wanted too."""
    named = kind(content_type)
    ranges = {_parts(said)[0] for said, weight in _by_weight(accept) if weight > 0}
    return not ranges.isdisjoint({named, f"{named.partition('/')[0]}/*", "*/*"})


def _chosen(ranges: Iterable[tuple[str, float]]) -> Form | None:
    """The first of these, heaviest first, that is spoken here; what is weighed with nothing is not wanted."""
    none: set[Form] = set()
    found: list[Form] = []
    for said, weight in ranges:
        name, given = _parts(said)
        if given.get("fhirversion", "4.0") not in _VERSIONS or given.get("charset", "utf-8") != "utf-8":
            continue
        forms: tuple[Form, ...] = (_ASKED[name],) if name in _ASKED else ("json", "xml") if name in _ANYTHING else ()
        if weight > 0:
            found += forms
        elif name in _ASKED:
            none.update(forms)
    return next((form for form in found if form not in none), None)


def _by_weight(accept: str) -> list[tuple[str, float]]:
    """The media ranges of an Accept with their weights, the heaviest first."""
    ranges = [(part, _weight(_parts(part)[1].get("q", "1"))) for part in accept.split(",") if part.strip()]
    return sorted(ranges, key=lambda each: -each[1]) or [("*/*", 1.0)]


def _weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def _parts(said: str) -> tuple[str, dict[str, str]]:
    """A media type and its parameters, in lower case and without quotes."""
    name, *parameters = said.split(";")
    pairs = (each.partition("=") for each in parameters)
    return name.strip().lower(), {key.strip().lower(): value.strip(' \t"').lower() for key, _, value in pairs}
