"""TLS in the server itself: it is spoken and nothing else, and files that cannot be used are one sentence.

docs/deploy.md, "TLS without a proxy"
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests import trusting
from tests.http import launch
from tests.http.launch import Running
from tests.http.test_command_line import refused

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Files:
    """A certificate for this machine that signed itself, its key, the same key encrypted, and another one."""

    certificate: Path
    key: Path
    encrypted: Path
    other: Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("tls")
    made = Files(*(folder / name for name in ("certificate.pem", "key.pem", "encrypted.pem", "other.pem")))
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
    certificate = builder.add_extension(here, critical=False).sign(key, hashes.SHA256())
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    locked = serialization.BestAvailableEncryption(b"secret")
    for file, one, how in ((made.key, key, plain), (made.encrypted, key, locked), (made.other, other, plain)):
        form = serialization.PrivateFormat.PKCS8
        file.write_bytes(one.private_bytes(serialization.Encoding.PEM, form, how))
    return made


@pytest.fixture(scope="module")
def secured(files: Files, installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = launch.copied(installed, tmp_path_factory.mktemp("secured") / "city")
    certificate, key = str(files.certificate), str(files.key)
    with launch.serving(folder, tls_certificate=certificate, tls_key=key) as running:
        yield running


def test_it_is_spoken_to_whoever_trusts_the_certificate(secured: Running, files: Files) -> None:
    assert secured.address.startswith("https://127.0.0.1:")
    with httpx2.Client(verify=ssl.create_default_context(cafile=files.certificate), trust_env=False) as client:
        answer = client.get(f"{secured.base}/metadata")
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"]
        assert answer.json()["implementation"]["url"] == secured.base
        issuer = client.get(f"{secured.address}/.well-known/openid-configuration").json()["issuer"]
        assert issuer == secured.address


def test_nothing_else_is_spoken_on_the_port(secured: Running, files: Files) -> None:
    place = urlsplit(secured.address)
    assert place.hostname
    assert place.port
    with pytest.raises(httpx2.HTTPError):
        trusting.get(f"http://{place.netloc}/fhir/metadata")
    old = ssl.create_default_context(cafile=files.certificate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection((place.hostname, place.port), timeout=20) as wire, pytest.raises(ssl.SSLError):
        old.wrap_socket(wire, server_hostname=place.hostname)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"tls_certificate": "certificate"}, "TSUNAGU_TLS_KEY is missing"),
        ({"tls_key": "key"}, "TSUNAGU_TLS_CERTIFICATE is missing"),
        ({"tls_certificate": "certificate", "tls_key": "other"}, "its own key"),
        ({"tls_certificate": "certificate", "tls_key": "encrypted"}, "not encrypted"),
        ({"tls_certificate": "key", "tls_key": "key"}, "PEM certificate"),
        ({"tls_certificate": "nowhere", "tls_key": "key"}, "no such file"),
    ],
)
def test_files_that_cannot_be_used_are_named(
    given: dict[str, str], said: str, files: Files, installed: Path, tmp_path: Path
) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    there = {name: str(getattr(files, file, tmp_path / "nowhere.pem")) for name, file in given.items()}
    assert said in refused(folder, **there)


def test_everywhere_is_no_address_for_clients(tmp_path: Path, files: Files) -> None:
    given = {"host": "0.0.0.0", "tls_certificate": str(files.certificate), "tls_key": str(files.key)}  # to be refused
    assert "TSUNAGU_BASE_URL" in refused(tmp_path, **given)
