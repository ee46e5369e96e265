"""An operator keeps accounts from the shell, beside a running server: what is ended there has ended for the server.

docs/oauth.md, "accounts"
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.browser import Browser
from demo.client import Officer
from demo.rest import Refused
from tests.http import launch
from tests.http.launch import Running


@pytest.fixture(scope="module")
def own(installed: Path, tmp_path_factory: pytest.TempPathFactory):
    with launch.serving(launch.copied(installed, tmp_path_factory.mktemp("accounts") / "city")) as running:
        yield running


def account(running: Running, *words: str) -> subprocess.CompletedProcess[str]:
    return launch.ran(running.folder, "account", *words)


@pytest.fixture
def officer(own: Running) -> Iterator[Callable[..., Officer]]:
    """Officers by name and password, each at a browser of their own."""
    opened: list[Browser | Officer] = []

    def made(name: str, password: str, purpose: str = "CAREMGT", scope: str = "user/*.rs") -> Officer:
        kept, browser = own.credentials, Browser(name, password)
        found = Officer(own.base, browser, client=kept.client, redirect=kept.redirect, purpose=purpose, scope=scope)
        opened.extend((browser, found))
        return found

    yield made
    for each in opened:
        each.close()


def test_an_account_is_added_locked_reset_and_removed(own: Running, officer: Callable[..., Officer]) -> None:
    added = account(own, "add", "new-officer", "--person", "Practitioner/practitioner-yorisoi")
    assert added.returncode == 0, added.stderr
    name, password = added.stdout.split()
    assert name == "new-officer"
    signed_in = officer(name, password)
    assert signed_in.get("Patient").status == 200
    assert account(own, "lock", name).returncode == 0
    assert signed_in.get("Patient").status == 401, "at once, and in the server's process"
    with pytest.raises(Refused):
        officer(name, password).token()
    assert account(own, "unlock", name).returncode == 0
    again = officer(name, password)
    assert again.get("Patient").status == 200
    renewed = account(own, "reset", name, "--second-factor").stdout.split()[1]
    assert renewed != password
    assert again.get("Patient").status == 401
    last = officer(name, renewed)
    assert last.get("Patient").status == 200
    assert account(own, "remove", name).returncode == 0
    assert last.get("Patient").status == 401
    with pytest.raises(Refused):
        officer(name, renewed).token()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "yorisoi", "--person", "Practitioner/practitioner-yorisoi"), "is there already"),
        (("add", "x", "--person", "Patient/x"), "there is no `Patient/x`"),
        (("add", "x", "--person", "Practitioner/nobody"), "there is no `Practitioner/nobody`"),
        (("add", "x", "--person", "PractitionerRole/nobody"), "there is no `PractitionerRole/nobody`"),
        (("add", "x", "--person", "PractitionerRole/practitioner-yorisoi"), "there is no"),
        (("add", "x", "--person", "Organization/council"), "is no Practitioner/id"),
        (("add", "x", "--person", "Practitioner/a/b"), "is no Practitioner/id"),
        (("add", "two words", "--person", "Practitioner/practitioner-yorisoi"), "is no name"),
        (("lock", "nobody"), "there is no account"),
        (("reset", "nobody"), "there is no account"),
        (("unlock", "nobody"), "there is no account"),
        (("remove", "nobody"), "there is no account"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(own: Running, words: tuple[str, ...], said: str) -> None:
    refused = account(own, *words)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_post_means_who_holds_it_and_a_citizen_s_account_is_made_by_command(
    own: Running, officer: Callable[..., Officer]
) -> None:
    added = account(own, "add", "by-post", "--person", "PractitionerRole/role-yorisoi")
    desk = officer(*added.stdout.split(), scope="user/*.cruds")
    person = desk.post("Patient", {"resourceType": "Patient", "name": [{"text": "相生 花"}]}).created[0]
    citizen = account(own, "add", "citizen", "--person", person)
    assert citizen.returncode == 0, citizen.stderr
    listed = account(own, "list").stdout.splitlines()
    assert "by-post\tPractitioner/practitioner-yorisoi" in listed
    assert f"citizen\t{person}" in listed
    account(own, "lock", "citizen")
    assert f"citizen\t{person}\tlocked" in account(own, "list").stdout.splitlines()
    account(own, "remove", "citizen")
    assert "citizen" not in account(own, "list").stdout


def test_a_user_of_the_provider_is_linked_to_one_account(own: Running) -> None:
    def linking(*words: str, provider: str = "https://login.city.example") -> subprocess.CompletedProcess[str]:
        settings = {"provider": provider, "provider_client": "tsunagu"} if provider else {}
        return launch.ran(own.folder, "account", *words, **settings)

    account(own, "add", "clerk", "--person", "Practitioner/practitioner-yorisoi")
    account(own, "add", "other", "--person", "Practitioner/practitioner-yorisoi")
    assert linking("link", "clerk", "42").stdout == "account linked: clerk\n"
    for refused, said in (
        (linking("link", "other", "42"), "is linked to another account"),
        (linking("link", "nobody", "43"), "there is no account"),
        (linking("link", "clerk", ""), "one to 255 letters"),
        (linking("link", "clerk", "42", provider=""), "TSUNAGU_PROVIDER names one"),
        (linking("link", "clerk", "42", provider="http://login.city.example"), "TSUNAGU_PROVIDER cannot be"),
        (linking("unlink", "nobody"), "there is no account"),
    ):
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
        assert said in refused.stderr
    alone = linking("add", "alone", "--person", "Practitioner/practitioner-yorisoi", "--subject", "44")
    assert (alone.stdout, alone.returncode) == ("account added: alone\n", 0), "and no password is shown"
    for words, said in (
        (("again", "44"), "is linked to another account"),
        (("again", ""), "one to 255 letters"),
    ):
        name, subject = words
        refused = linking("add", name, "--person", "Practitioner/practitioner-yorisoi", "--subject", subject)
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
        assert said in refused.stderr
    assert "again" not in account(own, "list").stdout, "nothing of it was kept"
    assert "is linked to another account" in linking("link", "clerk", "44").stderr
    assert linking("unlink", "clerk").returncode == 0
    assert linking("link", "other", "42").returncode == 0


def test_an_auditor_finds_who_was_administered(own: Running, officer: Callable[..., Officer]) -> None:
    account(own, "lock", "convener")
    account(own, "unlock", "convener")
    auditor = officer("auditor", own.credentials.passwords["auditor"], "audit-review", "user/AuditEvent.rs")
    found = auditor.search("AuditEvent", entity="Practitioner/practitioner-convener").resources
    assert [event["entity"][-1]["name"] for event in found[:2]] == ["account unlocked", "account locked"]
    assert found[0]["subtype"][0]["code"] == "110137"
