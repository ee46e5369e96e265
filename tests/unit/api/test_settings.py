"""A setting that cannot be is said in one sentence that names it, before anything is made."""

from __future__ import annotations

import pytest

from api import settings
from api.settings import SettingsFault

WRONG = [
    ("BASE_URL", "http://city.example", "use https, or http on this machine"),
    ("BASE_URL", "https://city.example?x=1", "write it as `https://host`"),
    ("BASE_URL", "https://city.example/#x", "write it as `https://host`"),
    ("BASE_URL", "https://clerk@city.example", "write it as `https://host`"),
    ("BASE_URL", "https://:443", "write it as `https://host`"),
    ("BASE_URL", "city.example", "write it as `https://host`"),
    ("BASE_URL", "https://City.Example", "write it as browsers do, `https://city.example`"),
    ("BASE_URL", "https://city.example:443", "write it as browsers do, `https://city.example`"),
    ("BASE_URL", "https://\u5ca1\u5c71.example", "write it as browsers do, `https://xn--"),
    ("BASE_URL", "https://city.example:99999", "write it as browsers do"),
    ("HOST", "0.0.0.0", "set TSUNAGU_BASE_URL"),  # refused, not listened at
    ("TRUSTED_PROXIES", "proxy.example", "is no network such as"),
    ("TRUSTED_PROXIES", "10.0.0.1/8", "is no network such as"),
    ("CLIENT_NETWORKS", "10.0.0.0/8, x", "is no network such as"),
    ("ORIGINS", "app.example", "is no origin such as"),
    ("ORIGINS", "https://app.example/", "is no origin such as"),
    ("ORIGINS", "https://App.example", "is no origin such as"),
    ("ORIGINS", "https://app.example:443", "is no origin such as"),
    ("PUSHED_REQUESTS", "perhaps", "it must be 'off', 'on' or 'required'"),
    ("SOFTWARE_KEYS", "/nowhere/at/all", "a file with a JWK Set"),
    ("PROVIDER", "http://city.example", "write its issuer"),
    ("PROVIDER", "https://city.example?x=1", "write its issuer"),
    ("PROVIDER_NETWORKS", "10.0.0.1/8", "is no network such as"),
    ("PROVIDER_SCOPE", "offline_access", "write `openid`"),
    ("PROVIDER_SECONDS", "59", "it must be greater than or equal to 60"),
    ("PORT", "many", "it must be a valid integer"),
    ("WORKRES", "4", "is TSUNAGU_WORKERS meant?"),
    ("ZZZ", "4", "is no setting"),
]


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_what_cannot_be_is_named(name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TSUNAGU_{name}", value)
    with pytest.raises(SettingsFault) as raised:
        settings.read()
    assert str(raised.value).startswith(f"TSUNAGU_{name} ")
    assert said in str(raised.value)
    assert "value error" not in str(raised.value)


def test_a_switch_that_takes_http_for_https_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with pytest.raises(SettingsFault, match=r"^AUTHLIB_INSECURE_TRANSPORT "):
        settings.read()


@pytest.mark.parametrize("address", ["https://city.example", "https://city.example:8443/", "http://localhost:8000"])
def test_what_can_be_is_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSUNAGU_BASE_URL", address)
    monkeypatch.setenv("TSUNAGU_HOST", "::")
    monkeypatch.setenv("TSUNAGU_PROVE_SEED", "1")
    assert settings.read().address == address.rstrip("/")


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("127.0.0.1", "80", "http://127.0.0.1"),
        ("LOCALHOST", "8000", "http://localhost:8000"),
        ("::1", "8000", "http://[::1]:8000"),
    ],
)
def test_where_nothing_is_said_the_address_is_as_browsers_write_it(
    host: str, port: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every form of the sign-in is held to its origin, sign for sign: with `:80` at the end nobody signed in."""
    monkeypatch.setenv("TSUNAGU_HOST", host)
    monkeypatch.setenv("TSUNAGU_PORT", port)
    assert settings.read().address == address
