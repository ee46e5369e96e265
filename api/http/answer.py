"""What a handler answers, as plain values: a status, headers and bytes, whether to a client or inside a batch.

https://hl7.org/fhir/R4/http.html#summary
"""

from __future__ import annotations

from dataclasses import dataclass, field

FHIR_JSON = "application/fhir+json; charset=utf-8"
FHIR_XML = "application/fhir+xml; charset=utf-8"


@dataclass(slots=True)
class Answer:
    """`kind` is the media type of the body, empty where there is none; names of headers are in lower case.

    Its headers are its own: what is added to them on the way out stands in no other answer.
    `rules` are the ids of the rules that the answer rests on: those that permitted, or those that refused.
    """

    status: int = 200
    body: bytes = b""
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.headers = dict(self.headers)
