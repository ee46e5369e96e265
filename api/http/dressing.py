"""How an answer is written: as XML where that is wanted, and in lines where a person reads it.

https://hl7.org/fhir/R4/http.html#parameters ("_format", "_pretty")
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from api.http.answer import FHIR_JSON, FHIR_XML, Answer
from api.http.media import Form
from consent.writing.aside import aside
from profiles.spec import Spec
from resources.record import parse, xml


async def dressed(spec: Spec, answer: Answer, form: Form, parameters: Sequence[tuple[str, str]]) -> Answer:
    """The answer in its form; what is no FHIR stays as it is."""
    if not answer.body or answer.kind != FHIR_JSON:
        return answer
    if form == "xml":
        answer.body = await aside(len(answer.body), xml.write, spec, answer.body)
        answer.kind = FHIR_XML
    elif ("_pretty", "true") in parameters:
        answer.body = await aside(len(answer.body), _in_lines, answer.body)
    return answer


def _in_lines(body: bytes) -> bytes:
    return orjson.dumps(parse.editable(body), option=orjson.OPT_INDENT_2)
