"""How the store says in two languages that it cannot serve.

https://hl7.org/fhir/R4/valueset-issue-type.html (transient)
"""

from __future__ import annotations

from resources.store.port import Unavailable


def unavailable(text: str, ja: str, kind: type[Unavailable] = Unavailable) -> Unavailable:
    """One of this kind: its text is English, its one note (`__notes__[0]`) says the same in Japanese."""
    fault = kind(text)
    fault.add_note(ja)
    return fault
