"""What requests are spoilt by: values where another kind belongs, and what stands in addresses and headers.

docs/testing.md, "fuzzing"
"""

from __future__ import annotations

from typing import Any

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**63, 1e308, 0.1, "", " ", "\u3000", "\x00", "\x1f", "\ufffe", "\U0001f600", "あ" * 3000,
    "a" * 70,
    [], {}, [[]], [None], [{}], {"": ""}, {"extension": [{}]}, {"reference": "x"}, {"reference": "#"},
    {"reference": "Patient/"},
    "9999-12-31", "0000-00-00", "2026-02-30", "2026-13", "2026-11-26T24:00:00Z", "2026-11-26T23:59:60+14:00", "--",
    "P1D",
    "http://", "urn:uuid:", "urn:oid:1", "Patient/1/_history/0", "https://[", "data:,", "<div>", "<div xmlns='x'/>",
    "%", "|", "||", "\\", ",", "$", "$$", "eq", "ge2026", "FREQ=DAILY", "FREQ=YEARLY;BYDAY=53MO", "BYDAY=10MO",
    "FREQ=MINUTELY;COUNT=9", "FREQ=DAILY;UNTIL=99991231T235959Z", "FREQ=WEEKLY;INTERVAL=0", "昭和100年1月1日",
    "../../etc",
)  # fmt: skip
"""Values that stand where another kind of value belongs."""

MODIFIERS = (
    "", ":exact", ":contains", ":missing", ":not", ":text", ":in", ":not-in", ":above", ":below", ":identifier",
    ":of-type", ":Patient", ":x", ":", ":iterate",
)  # fmt: skip
RESULT = (
    "_sort", "_count", "_total", "_summary", "_elements", "_include", "_revinclude", "_has", "_filter", "_text",
    "_content",
    "_list", "_type", "_id", "_lastUpdated", "_tag", "_security", "_profile", "_source", "_format", "_pretty",
    "_since",
    "_at", "_cursor", "_query", "near", "_contained",
)  # fmt: skip
FILTERS = ("name eq x", "(name eq", "not (a)", "birthdate ge 2000 and", "a" * 400, "patient.name co 1", "(" * 90)
HEADERS = {
    "If-Match": ("*", 'W/"1"', '""', "x", 'W/"9999999999999999999"', '"a", "b"'),
    "If-None-Match": ("*", 'W/"1"', "x", ""),
    "If-Modified-Since": ("x", "Thu, 01 Jan 1970 00:00:00 GMT", "9999"),
    "If-Unmodified-Since": ("x", "Thu, 01 Jan 1970 00:00:00 GMT"),
    "If-None-Exist": ("", "identifier=x|y", "identifier=", "x=y", "_id=" + "a" * 500, "?"),
    "Prefer": ("return=minimal", "return=x", "handling=lenient", "respond-async", ", ,", "return=representation;x=y"),
    "Accept": ("*/*", "application/fhir+xml", "text/html", "x", "application/fhir+json;fhirVersion=5.0", "a/b;q=2"),
    "Content-Type": (
        "application/fhir+json", "application/fhir+xml", "application/json-patch+json", "application/json",
    "text/csv",
        "application/x-www-form-urlencoded", "x", "application/fhir+json; charset=shift_jis",
    ),
    "Content-Encoding": ("gzip", "identity", "br", "gzip, gzip"),
    "Accept-Encoding": ("gzip", "gzip;q=0", "x"),
    "Accept-Language": ("en", "ja,en;q=0", "*", ";"),
}  # fmt: skip
KINDS = ("valueString", "valueReference", "valueBoolean", "valueCode", "valueUri", "valueCoding", "resource", "part")
NAMED = (
    "resource", "consent", "questionnaire-response", "person", "staff", "reason", "record", "to", "until", "partial",
    "change", "meta", "subject", "count", "url", "code", "system", "coding", "valueSet", "element", "document",
)  # fmt: skip
PLACES = ("/status", "/name/0", "/-", "", "/meta/security/0", "/id", "/a/b", "/name/99", "/note/-", "x")
