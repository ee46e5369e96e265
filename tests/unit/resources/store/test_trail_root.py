"""The tree over the ends of chains, and the keys that sign it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from resources.store import trail_root
from resources.store.port import Unavailable
from resources.store.trail_signer import Signer


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def test_the_tree_is_that_of_rfc_6962() -> None:
    a, b, c, d, e = (bytes([n]) * 32 for n in range(5))
    assert trail_root.merkle([]) == sha256(b"").digest()
    assert trail_root.merkle([a]) == a
    assert trail_root.merkle([a, b]) == node(a, b)
    assert trail_root.merkle([a, b, c]) == node(node(a, b), c)
    assert trail_root.merkle([a, b, c, d, e]) == node(node(node(a, b), node(c, d)), e)


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    one, two = Signer.load(tmp_path / "keys"), Signer.load(tmp_path / "keys")
    statement = one.sign({"a": 1})
    assert two.verified(statement) == {"a": 1}
    assert two.verified(statement[:-4] + "AAAA") is None
    assert two.verified("nothing") is None
    assert "d" not in one.published()["keys"][0]
    file = tmp_path / "keys" / "trail-key.json"
    assert file.stat().st_mode & 0o077 == 0
    file.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        Signer.load(tmp_path / "keys")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"keys": []}', b'{"keys": [{"kty": "oct"}]}'])
def test_a_file_without_keys_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(content)
    with pytest.raises(Unavailable, match="no keys of the trail"):
        Signer.public(tmp_path / "keys")


def test_a_key_in_front_signs_and_the_old_ones_verify(tmp_path: Path) -> None:
    old, new = Signer.load(tmp_path / "old"), Signer.load(tmp_path / "new")
    keys = [orjson.loads((tmp_path / name / "trail-key.json").read_bytes())["keys"][0] for name in ("new", "old")]
    (tmp_path / "new" / "trail-key.json").write_bytes(orjson.dumps({"keys": keys}))
    both = Signer.load(tmp_path / "new")
    assert both.verified(old.sign({"a": 1})) == {"a": 1}
    assert new.verified(both.sign({"b": 2})) == {"b": 2}
    assert old.verified(both.sign({"b": 2})) is None
