"""What is published holds no surname of the seed, no secret, and nothing of the machine it was written on."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from tests.house import source
from tests.unit.demo.test_city import FORBIDDEN

THIS = Path(__file__)
READ = [file for file in source.tracked() if file != THIS and file.suffix not in (".png", ".gz")]
RUN = re.compile(r"[\u3005\u3400-\u9fff]+")
SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a private JWK": re.compile(r"\"kty\"[^}]*\"d\"\s*:\s*\"[\w-]{20,}"),
    "an access key": re.compile(r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20})\b"),
    "a token": re.compile(r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}"),
    "a password in an address": re.compile(r"\w+://[^/\s:@{}\"'`<>]+:[^/\s:@{}\"'`<>]+@"),
}
MACHINE = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:home|root|Users|work|private)/\w"),
    "a scratch folder": re.compile(r"/tmp/\w"),
    "a registry": re.compile(
        r"--(?:extra-)?index-url \S|https?://[^\s/]*(?:artifactory|nexus|proxpi|devpi|registry\.npmjs)"
    ),
}
FUND = "切山基金"
"""Named by the seed as what it is, a fund, and not a member of staff."""
INVENTED = ("mongodb://u:p@", "mongodb://someone:geheim@", "postgres://clerk:sesame@")
"""Addresses with a password that open nothing: they test that no password is shown."""


def lines(patterns: dict[str, re.Pattern[str]], text: str) -> list[str]:
    found = [(what, match.group()) for what, pattern in patterns.items() for match in pattern.finditer(text)]
    return [f"{what}: {match[:80]}" for what, match in found if match not in INVENTED]


def content(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def test_no_secret_is_published() -> None:
    assert {source.name(file): found for file in READ if (found := lines(SECRETS, content(file)))} == {}


def test_nothing_of_one_machine_is_published() -> None:
    assert {source.name(file): found for file in READ if (found := lines(MACHINE, content(file)))} == {}


def test_no_surname_of_the_seed_is_published() -> None:
    tested: dict[str, str] = {}
    for file in READ:
        for run in set(RUN.findall(content(file).replace(FUND, ""))):
            tested.setdefault(run, source.name(file))
            for size in (2, 3, 4):
                for start in range(len(run) - size + 1):
                    tested.setdefault(run[start : start + size], source.name(file))
    assert len(tested) > 1000
    found = {word: file for word, file in tested.items() if hashlib.sha256(word.encode()).hexdigest() in FORBIDDEN}
    assert not found
