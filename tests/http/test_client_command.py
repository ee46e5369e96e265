"""An operator keeps systems and apps from the shell, beside a running server: docs/oauth.md, "clients"."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from demo.client import SystemClient
from demo.rest import Refused
from tests import trusting
from tests.http import launch
from tests.http.launch import Running


@pytest.fixture(scope="module")
def own(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with launch.serving(launch.copied(installed, tmp_path_factory.mktemp("clients") / "city")) as running:
        yield running


def command(running: Running, *words: str) -> subprocess.CompletedProcess[str]:
    return launch.ran(running.folder, *words)


def system(running: Running, file: Path) -> SystemClient:
    key = json.loads(file.read_text())
    return SystemClient(running.base, "naka-system", key, purpose="CAREMGT", scope="system/*.cruds")


def test_a_system_is_added_given_new_keys_listed_and_revoked(own: Running, tmp_path: Path) -> None:
    agency = ("--organization", "Organization/welfare-office-naka")
    added = command(own, "client", "add", "naka-system", *agency, "--make-key", str(tmp_path / "one.jwk"))
    assert added.returncode == 0, added.stderr
    assert (tmp_path / "one.jwk").stat().st_mode & 0o777 == 0o600
    with closing(system(own, tmp_path / "one.jwk")) as first:
        assert first.get("Patient", _count="1").status == 200
        rotated = command(own, "client", "rotate", "naka-system", "--make-key", str(tmp_path / "two.jwk"))
        assert rotated.returncode == 0, rotated.stderr
        assert first.get("Patient", _count="1").status == 401, "at once, and in the server's process"
    with closing(system(own, tmp_path / "one.jwk")) as former, pytest.raises(Refused):
        former.token()
    with closing(system(own, tmp_path / "two.jwk")) as second:
        assert second.get("Patient", _count="1").status == 200
        listed = command(own, "client", "list").stdout
        assert "naka-system\tOrganization/welfare-office-naka\tsystem\tsystem/*.cruds\tCAREMGT,COC" in listed
        assert "tsunagu-desk\t" in listed
        assert command(own, "client", "revoke", "naka-system").returncode == 0
        assert second.get("Patient", _count="1").status == 401
    assert "naka-system" not in command(own, "client", "list").stdout


def test_software_registers_itself_once_with_what_an_operator_was_shown(installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    with launch.serving(folder, registration="true") as running:
        shown = command(
            running, "client", "invite", "--organization", "Organization/council", "--scope", "user/Task.rs"
        )
        assert shown.returncode == 0, shown.stderr
        app = {
            "client_name": "窓口アプリ",
            "redirect_uris": ["https://app.example/"],
            "scope": "user/*.cruds",
            "token_endpoint_auth_method": "none",
        }
        bearer = {"authorization": f"Bearer {shown.stdout.strip()}"}
        place = f"{running.address}/oauth/register"
        statuses = [trusting.post(place, json=app, headers=bearer).status_code for _ in range(2)]
        assert statuses == [201, 401]
        listed = command(running, "client", "list").stdout
    assert "\tOrganization/council\tapp\tuser/Task.rs\tCAREMGT,COC" in listed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "x", "--organization", "Organization/nobody", "--make-key", "{folder}/k"), "there is no"),
        (("add", "x", "--organization", "Patient/1", "--make-key", "{folder}/k"), "is no Organization/id"),
        (("add", "x", "--organization", "Organization/council", "--jwks", "{folder}/nothing"), "nothing"),
        (("add", "x", "--organization", "Organization/council", "--jwks", "{folder}/odd"), "is not JSON"),
        (
            ("add", "x", "--organization", "Organization/council", "--scope", "everything", "--jwks-uri", "x"),
            "no scope",
        ),
        (("add", "x", "--organization", "Organization/council", "--purpose", "FUN", "--jwks-uri", "x"), "no code"),
        (("add", "x", "--organization", "Organization/council", "--jwks-uri", "http://a.example/k"), "not https"),
        (("add", "x", "--organization", "Organization/council"), "client credentials"),
        (("add", "tsunagu-desk", "--organization", "Organization/council", "--jwks-uri", "x"), "is there already"),
        (("rotate", "nobody", "--jwks-uri", "https://a.example/k"), "there is no client"),
        (("rotate", "yorisoi-system"), "name new keys"),
        (("revoke", "nobody"), "there is no client"),
        (("invite", "--organization", "Organization/nobody"), "there is no"),
        (("invite", "--organization", "Organization/council", "--scope", "everything"), "no scope"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(own: Running, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "odd").write_text("keys")
    refused = command(own, "client", *(word.format(folder=tmp_path) for word in words))
    assert refused.returncode == 2
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1
