"""What a client gets of the scope it asks for: perhaps less, never more than its registration.

https://www.rfc-editor.org/rfc/rfc6749#section-3.3
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from authlib.oauth2.rfc6749.errors import InvalidScopeError

from api.oauth import purpose
from api.oauth.clients import Client
from api.oauth.granular import Granular
from api.oauth.standing import Given
from consent import scope

IDENTITY = ("openid", "fhirUser")
OFFLINE, ONLINE = "offline_access", "online_access"
LAUNCH = ("launch", "launch/patient")
LONGEST = 4096
"""Letters of a scope: the token carries it in a header, of which proxies take 8 KB."""

_PLAIN = (*IDENTITY, OFFLINE, ONLINE, *LAUNCH)


@dataclass(frozen=True, slots=True)
class Granted:
    """One grant and everything issued under it; its `id` is what is revoked.

    `subject` is an account's or the client's id, `person` is as the account has it or empty, `purpose` is
    `system|code`, `scope` what is said to the client. It was given under the marks that client and account had then;
    `patient` and `households` are those of its launch, `means` what was shown at the sign-in (RFC 8176);
    `session_ends` is when the session ends in which it was granted, `rests` names the sign-in elsewhere that it was.
    """

    id: str
    client: str
    subject: str
    person: str
    scope: str
    purpose: str
    signed_in: int = 0
    nonce: str = ""
    client_mark: str = ""
    account_mark: str = ""
    patient: str = ""
    households: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    session_ends: int = 0
    rests: str = ""

    @property
    def given(self) -> Given:
        """What must stand for anything of this grant to be used."""
        return Given(self.id, self.client, self.subject, self.client_mark, self.account_mark, self.rests)

    @property
    def words(self) -> frozenset[str]:
        return frozenset(self.scope.split())

    @property
    def launched(self) -> dict[str, Any]:
        """The context of its launch as SMART says it beside a token, the id of the patient alone; empty without one."""
        if not self.patient:
            return {}
        households = [{"reference": household} for household in self.households]
        return {"patient": self.patient.partition("/")[2], "fhirContext": households, "need_patient_banner": True}

    def dump(self) -> bytes:
        return orjson.dumps(asdict(self))


def narrow(granular: Granular, client: Client, asked: str | None, *, person: bool) -> tuple[str, str]:
    """The scope granted, and the purpose of use as `system|code`. Raises InvalidScopeError where nothing is left.

    A word of which nobody could hold the client to what it says is not granted.
    """
    asked = asked or ""
    registered = scope.others(client.scope)
    plain = [word for word in scope.others(asked) if person and word in _PLAIN and word in registered]
    levels = {"user", *(("patient",) if set(LAUNCH) & set(plain) else ())} if person else {"system"}
    purpose_of_use = purpose.chosen(client, asked, person=person)
    resources = scope.meet(
        (one for one in scope.parse(asked) if one.level in levels and granular.granted(one)),
        scope.parse(client.scope),
    )
    if not resources and "openid" not in plain:
        raise InvalidScopeError("no scope asked for is among those of the client")
    words = (*plain, *scope.written(resources).split(), purpose.word(purpose_of_use))
    granted = " ".join(words)
    if len(granted) > LONGEST:
        raise InvalidScopeError(f"what would be granted is longer than {LONGEST} letters: ask for fewer filters")
    return granted, purpose_of_use


def part(whole: str, asked: str | None) -> str:
    """The part of a granted scope that is asked for, the whole where nothing is. Raises InvalidScopeError if wider."""
    if not asked:
        return whole
    resources = scope.parse(asked)
    words = scope.others(whole)
    if scope.written(scope.meet(resources, scope.parse(whole))) != scope.written(resources) or not (
        set(scope.others(asked)) <= set(words)
    ):
        raise InvalidScopeError("the scope is wider than the one granted")
    kept = (word for word in words if word in scope.others(asked) or word in LAUNCH or purpose.is_word(word))
    return " ".join((*kept, *scope.written(resources).split()))


def identifier() -> str:
    """A new unguessable name."""
    return secrets.token_urlsafe(32)
