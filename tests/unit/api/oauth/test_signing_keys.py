"""Keys are made once, kept to their owner, and can be replaced without a break."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.oauth import keys
from api.oauth.server import AuthorizationServer


def test_they_are_made_on_the_first_start_and_read_on_the_next(tmp_path: Path) -> None:
    first, second = keys.load(tmp_path / "new"), keys.load(tmp_path / "new")
    assert first.published() == second.published()
    token = first.sign({"sub": "x"}, type="at+jwt", algorithm="ES256")
    assert second.verified(token, type="at+jwt", algorithms=keys.FOR_ACCESS) == {"sub": "x"}
    file = next((tmp_path / "new").iterdir())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_of_two_first_starts_at_once_both_have_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(keys.load, [tmp_path] * 2)
    assert one.published() == other.published()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    keys.load(tmp_path)
    next(tmp_path.iterdir()).chmod(0o644)
    with pytest.raises(PermissionError, match="can be read by others"):
        keys.load(tmp_path)


def test_a_new_key_in_front_signs_and_the_old_one_still_verifies(tmp_path: Path) -> None:
    old = keys.load(tmp_path / "old")
    keys.load(tmp_path / "new")
    files = [next((tmp_path / name).iterdir()) for name in ("new", "old")]
    both = [key for file in files for key in orjson.loads(file.read_bytes())["keys"]]
    files[1].write_bytes(orjson.dumps({"keys": both}))
    rotated = keys.load(tmp_path / "old")
    token = old.sign({"sub": "x"}, type="at+jwt", algorithm="ES256")
    assert rotated.verified(token, type="at+jwt", algorithms=keys.FOR_ACCESS) == {"sub": "x"}
    token = rotated.sign({"sub": "y"}, type="at+jwt", algorithm="ES256")
    assert old.verified(token, type="at+jwt", algorithms=keys.FOR_ACCESS) is None


def test_a_folder_of_before_signs_as_it_did_until_its_keys_are_rotated(tmp_path: Path) -> None:
    """What it signed goes on being known, and so does what a rotation makes of it."""
    keys.load(tmp_path)
    file = tmp_path / keys.FILE
    kept = orjson.loads(file.read_bytes())["keys"]
    file.write_bytes(orjson.dumps({"keys": [each for each in kept if each["kty"] == "RSA"]}))
    before = keys.load(tmp_path)
    assert before.for_access == "RS384"
    token = before.sign({"sub": "x"}, type="at+jwt", algorithm=before.for_access)
    keys.rotate(tmp_path)
    after = keys.load(tmp_path)
    assert after.for_access == "ES256"
    assert after.verified(token, type="at+jwt", algorithms=keys.FOR_ACCESS) == {"sub": "x"}


@pytest.mark.parametrize("issuer", ["http://city.example", "https://city.example/tsunagu", "city.example"])
def test_an_issuer_that_is_neither_https_nor_of_this_machine_stops_the_start(at: Any, issuer: str) -> None:
    with pytest.raises(ValueError, match="neither https"):
        AuthorizationServer(at.vault, issuer, f"{issuer}/fhir", Path("unused"), lambda: datetime.now(UTC), gate=at.gate)


def test_an_access_token_of_more_than_an_hour_stops_the_start(at: Any) -> None:
    url = "https://city.example"
    with pytest.raises(ValueError, match="an hour at most"):
        AuthorizationServer(
            at.vault, url, url, Path("unused"), lambda: datetime.now(UTC), gate=at.gate, access_lifetime=3601
        )
