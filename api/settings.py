"""Everything that can be set, read once from the environment; each is documented in docs/settings.md.

https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

from __future__ import annotations

import difflib
import ipaddress
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from authlib.common.security import is_secure_transport
from joserfc import jwk
from joserfc.errors import JoseError
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api import web_origin
from resources.record.extent import Extent

_PREFIX = "TSUNAGU_"
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # where it listens is no address that a client can ask
_UNGUARDED = "AUTHLIB_INSECURE_TRANSPORT"
_OF_TESTS = ("TSUNAGU_PROVE_", "TSUNAGU_TEST_", "TSUNAGU_R4_PACKAGE")
"""What the proofs and tests read for themselves: docs/testing.md."""


class SettingsFault(Exception):
    """A setting cannot be used; the text names the environment variable and says what it must be."""


class Settings(BaseSettings):
    """One frozen value; the environment variable of a field is `TSUNAGU_` and its name."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, env_ignore_empty=True)

    data: Path = Field(Path("data"), description="folder of the embedded store, the keys and the demo's sign-ins")
    store: str = Field("", description="`mongodb://host/database`; empty for SQLite in the data folder")
    host: str = Field("127.0.0.1", description="address to listen at")
    port: int = Field(8000, ge=0, le=65535, description="port to listen at; 0 for any free one")
    base_url: str = Field("", description="the address clients use; empty for http(s)://host:port")
    tls_certificate: str = Field("", description="file of the certificate and its chain, where TLS ends here")
    tls_key: str = Field("", description="file of the certificate's key")
    log: str = Field("", description="file for log lines; empty for standard error")
    body_limit: int = Field(5 * 1024 * 1024, ge=1024, description="the largest request body, in bytes")
    form_limit: int = Field(64 * 1024, ge=1024, description="the largest form of a search, in bytes")
    bodies_limit: int = Field(64 * 1024 * 1024, ge=1024, description="bytes of all bodies at once, of all processes")
    body_seconds: float = Field(20.0, gt=0, le=600, description="how long one body may take to come")
    depth_limit: int = Field(64, ge=8, le=256, description="how deep JSON may nest")
    keys_limit: int = Field(256, ge=64, description="keys in one object of a body")
    items_limit: int = Field(10_000, ge=100, description="items in one array of a body")
    values_limit: int = Field(50_000, ge=1000, description="values in a body, in all")
    entries_limit: int = Field(500, ge=1, description="entries of a batch")
    transaction_limit: int = Field(50, ge=1, description="records written at once, and entries of a transaction")
    batch_seconds: float = Field(30.0, ge=0, le=600, description="how long one batch may take")
    rate: int = Field(12_000, ge=1, description="requests a minute of one who signed in, or of one address")
    at_once: int = Field(64, ge=1, description="requests at once of one who signed in, or of one address")
    connections: int = Field(2048, ge=16, description="connections at once, of all processes")
    header_seconds: float = Field(5.0, ge=1, le=600, description="how long the head of a request may take to come")
    question_seconds: float = Field(5.0, gt=0, le=60, description="the longest one question to the store may take")
    second_opinion: float = Field(0.01, ge=0, le=1, description="share of writes that fhir.resources reads as well")
    token_seconds: int = Field(900, ge=60, le=3600, description="how long an access token lives, in seconds")
    token_rate: int = Field(600, ge=1, description="token requests a minute from one address")
    sign_in_rate: int = Field(120, ge=1, description="sign-in requests a minute from one address")
    trail_root_seconds: int = Field(60, ge=1, le=86400, description="a root of the trail is signed after so long")
    trail_root_events: int = Field(10_000, ge=1, description="and after so many events of one process")

    answer_days: int = Field(5, ge=1, le=60, description="working days within which a request is to be answered")
    smtp: str = Field("", description="mail server for notices, `host:port`; empty for files in the outbox")
    mail_from: str = Field("tsunagu@localhost", description="who notices are from")
    subscribers: str = Field("", description="addresses under which subscribers may be told; empty for none")
    exports: int = Field(5, ge=1, le=100, description="exports of one client that are kept")
    export_hours: int = Field(24, ge=1, le=720, description="hours after which an export is forgotten")
    disk_limit: int = Field(256 * 1024 * 1024, ge=0, description="bytes that must be left on the disk")
    metrics_token: str = Field("", description="who shows it reads `/metrics`; empty for no such address")
    traces: bool = Field(False, description="tell a collector of each request's parts by OpenTelemetry")
    trusted_proxies: str = Field("", description="networks of proxies whose `X-Forwarded-For` is believed")
    client_networks: str = Field("", description="local networks that a client's `jwks_uri` may be in")
    origins: str = Field("", description="web origins that may call the API; empty for those of registered clients")
    dpop: bool = Field(False, description="bind tokens to a key where a client proves that it has one (RFC 9449)")
    pushed_requests: Literal["off", "on", "required"] = Field("off", description="pushed authorization requests")
    registration: bool = Field(False, description="let software register itself where it was invited (RFC 7591)")
    software_keys: str = Field("", description="JWK Set of those whose software statements are believed")
    provider: str = Field("", description="issuer of an OpenID provider at which people sign in; empty for none")
    provider_client: str = Field("", description="the name of this server as a client there")
    provider_secret: str = Field("", description="file of the client's secret; empty to prove itself by its own key")
    provider_factors: str = Field("", description="what it must say as `acr` or in `amr`: one of these words")
    provider_networks: str = Field("", description="local networks that it may be in")
    provider_name: str = Field("", description="what people call it; empty for its host")
    provider_scope: str = Field("openid", description="the scope it is asked for")
    provider_seconds: int = Field(3600, ge=60, le=43200, description="how long a sign-in there stands unasked")
    workers: int = Field(0, ge=0, le=64, description="server processes; 0 for as many as there are cores")
    hang_seconds: int = Field(8, ge=2, le=600, description="a process that does nothing for so long is replaced")
    advisers_first: bool = Field(False, description="let the advisers meet without an undecided case conference")
    simulated: bool = Field(False, description="make a new store one of a simulated city, whose time may be driven")

    @field_validator("base_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        more = parts.path.strip("/") or set(value) & set("?#@ ")
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or more):
            raise ValueError("write it as `https://host`, and nothing behind it")
        if value and value.rstrip("/") != web_origin.written(value):
            raise ValueError(f"write it as browsers do, `{web_origin.written(value) or 'https://host'}`")
        return value.rstrip("/")

    @field_validator("provider")
    @classmethod
    def _is_an_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (not is_secure_transport(value) or not parts.hostname or set(value) & set("?#@ ")):
            raise ValueError("write its issuer, as `https://host/realms/city`")
        return value

    @field_validator("provider_scope")
    @classmethod
    def _are_words(cls, value: str) -> str:
        if "openid" not in value.split() or not value.isascii() or not value.isprintable():
            raise ValueError("write `openid`, and words of the provider's behind it")
        return " ".join(value.split())

    @field_validator("trusted_proxies", "client_networks", "provider_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for part in filter(None, map(str.strip, value.split(","))):
            try:
                ipaddress.ip_network(part)
            except ValueError:
                raise ValueError(f"`{part}` is no network such as `10.0.0.0/8` or `192.0.2.1`") from None
        return value

    @field_validator("subscribers")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        for part in filter(None, map(str.strip, value.split(","))):
            parts = urlsplit(part)
            if parts.scheme not in ("http", "https") or not parts.hostname or set(part) & set("?#@ "):
                raise ValueError(f"`{part}` is no address such as `https://hooks.example/fhir/`")
        return value

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        for part in filter(None, map(str.strip, value.split(","))):
            if web_origin.written(part) != part:
                raise ValueError(f"`{part}` is no origin such as `https://app.example`")
        return value

    @property
    def address(self) -> str:
        """Where clients find the server, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        own = f"http{'s' if self.tls_certificate else ''}://{host}:{self.port}"
        return self.base_url or web_origin.written(own) or own

    @property
    def fhir(self) -> str:
        """The FHIR base."""
        return f"{self.address}/fhir"

    @property
    def processes(self) -> int:
        """How many server processes to run."""
        return self.workers or os.cpu_count() or 1

    @property
    def extent(self) -> Extent:
        """What one body may hold."""
        return Extent(self.keys_limit, self.items_limit, self.values_limit)

    @property
    def bodies_of_one(self) -> int:
        """The bytes of bodies that each process may hold, so that all hold what is set; one body at the least."""
        return max(self.bodies_limit // self.processes, self.body_limit, self.form_limit)

    @property
    def store_address(self) -> str:
        """What `resources.store.open` opens."""
        return self.store or str(self.data)


def read(**given: object) -> Settings:
    """The settings of the environment, with some given over them. Raises SettingsFault."""
    _know(name.upper() for name in os.environ)
    if os.environ.get(_UNGUARDED):
        raise SettingsFault(f"{_UNGUARDED} must not be set: with it http counts as https")
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # pydantic checks them, that is its work
    except ValidationError as fault:
        first = fault.errors()[0]
        name = _PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        why = first["msg"].lower().removeprefix("value error, ").replace("input should be", "it must be")
        raise SettingsFault(f"{name} cannot be `{first['input']}`: {why}") from None
    software_keys(settings)
    provider_secret(settings)
    if not is_secure_transport(settings.address) or (settings.host in _EVERYWHERE and not settings.base_url):
        if settings.base_url:
            raise SettingsFault(f"TSUNAGU_BASE_URL cannot be `{settings.base_url}`: use https, or http on this machine")
        raise SettingsFault(
            f"TSUNAGU_HOST cannot be `{settings.host}` alone: set TSUNAGU_BASE_URL to the https address for clients"
        )
    return settings


def provider_secret(settings: Settings) -> str:
    """The secret that the setting names, empty where it names none. Raises SettingsFault."""
    if settings.provider and not settings.provider_client:
        raise SettingsFault("TSUNAGU_PROVIDER_CLIENT is missing: the name of this server as a client of the provider")
    if not settings.provider_secret:
        return ""
    try:
        found = Path(settings.provider_secret).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        found = ""
    if not found:
        raise SettingsFault(
            f"TSUNAGU_PROVIDER_SECRET cannot be `{settings.provider_secret}`: it must be a file with the secret"
        )
    return found


def software_keys(settings: Settings) -> dict[str, Any]:
    """The JWK Set that the setting names, empty where it names none. Raises SettingsFault."""
    if not settings.software_keys:
        return {}
    try:
        found = jwk.KeySet.import_key_set(json.loads(Path(settings.software_keys).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, JoseError):
        raise SettingsFault(
            f"TSUNAGU_SOFTWARE_KEYS cannot be `{settings.software_keys}`: it must be a file with a JWK Set"
        ) from None
    return dict(found.as_dict(private=False))


def _know(names: Iterable[str]) -> None:
    known = [_PREFIX + field.upper() for field in Settings.model_fields]
    for name in sorted(names):
        if name.startswith(_PREFIX) and name not in known and not name.startswith(_OF_TESTS):
            meant = difflib.get_close_matches(name, known, 1)
            raise SettingsFault(f"{name} is no setting" + "".join(f": is {like} meant?" for like in meant))
