"""The purpose of use of a token, asked for as a scope word `purpose_of_use=system|code`.

https://profiles.ihe.net/ITI/IUA/index.html#3711-get-access-token-iti-71
"""

from __future__ import annotations

from pathlib import Path

import orjson
from authlib.oauth2.rfc6749.errors import InvalidScopeError

from api.oauth.clients import Client
from consent import scope, vocabulary

CARE_MANAGEMENT = vocabulary.CARE_MANAGEMENT
COORDINATION_OF_CARE = vocabulary.COORDINATION_OF_CARE
SUPPORT_CONFERENCE = vocabulary.SUPPORT_CONFERENCE
AUDIT_REVIEW = vocabulary.AUDIT_REVIEW
STATISTICS = vocabulary.STATISTICS
BREAK_THE_GLASS = vocabulary.BREAK_THE_GLASS
PATIENT_REQUEST = vocabulary.PATIENT_REQUEST

_WORD = "purpose_of_use="
_DISPLAYS = orjson.loads((Path(__file__).parent / "purposes.json").read_bytes())


def chosen(client: Client, asked: str, *, person: bool) -> str:
    """The one purpose asked for as `system|code`, care management where none is. Raises InvalidScopeError."""
    words = [word.removeprefix(_WORD) for word in scope.others(asked) if is_word(word)]
    if len(words) > 1:
        raise InvalidScopeError("a token has one purpose of use")
    purpose = words[0] if words else CARE_MANAGEMENT
    if purpose not in client.purposes:
        raise InvalidScopeError("the client is not registered for this purpose of use")
    if purpose == vocabulary.INSTALLATION:
        raise InvalidScopeError("no token is for the installation")
    if purpose == SUPPORT_CONFERENCE and not person:
        raise InvalidScopeError("the purpose support-conference is for persons only")
    return purpose


def word(purpose: str) -> str:
    """The purpose as a word of the granted scope."""
    return f"{_WORD}{purpose}"


def is_word(text: str) -> bool:
    return text.startswith(_WORD)


def claim(purpose: str) -> dict[str, str]:
    system, _, code = purpose.rpartition("|")
    return {"system": system, "code": code}


def display(purpose: str) -> tuple[str, str]:
    """The purpose in Japanese and in English, for the page on which a person confirms it."""
    shown = _DISPLAYS.get(purpose)
    return (shown["ja"], shown["en"]) if shown else (purpose, purpose)
