"""An hour of mixed work against a served store: memory stays flat, and a server at rest is as quick afterwards.

docs/testing.md, docs/operations.md ("growth"). The acts are those of a year in the city (`demo/year/`), over HTTP.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from api.oauth.server import AuthorizationServer
from api.simulated import badges
from api.simulated.badges import Badges
from bench import processes
from consent import derivation
from consent.engine import PolicyEngine
from consent.gate import Gate
from demo.rest import Client
from demo.template import TOKYO
from demo.year import play
from demo.year.town import Town
from profiles.spec import Spec
from resources.store.open import opened
from tests.http import launch
from tests.laws.worlds import index
from tests.proofs import Proof

pytestmark = pytest.mark.prove

_SEED = 1
_WARM = 0.25
"""The share of the run after which memory is looked at first."""
_FLAT, _AS_QUICK = 1.15, 1.2
_CONCERNS = 5


@contextmanager
def _town(running: launch.Running, spec: Spec) -> Iterator[Town]:
    """The staff of the served city, with tokens that its own keys have signed."""
    with asyncio.Runner() as runner:
        store = opened(str(running.folder), generation=derivation.generation(spec))
        runner.run(store.open())
        gate = Gate(PolicyEngine.of(store, spec, index()))
        keys = running.folder / "keys"
        server = AuthorizationServer(
            store.vault, running.address, running.base, keys, lambda: datetime.now(TOKYO), gate=gate
        )
        people = Badges(running.base, server.issuer, runner.run(badges.registered(server.issuer)))
        try:
            yield Town(people, lambda: datetime.now(TOKYO))
        finally:
            people.close()
            runner.run(store.close())


def _at_rest(client: Client, person: str) -> float:
    """Milliseconds that a read of this person takes, and a search of what troubles them, by turns: the best median of
    five rounds. Nobody else writes of them, so what is answered is the same whenever it is asked."""
    rounds = []
    for _ in range(5):
        taken = []
        for _ in range(60):
            begun = time.perf_counter()
            assert client.get(person).status == 200
            assert client.search("Condition", subject=person, _count="20").total == _CONCERNS
            taken.append(time.perf_counter() - begun)
        rounds.append(statistics.median(taken))
    return min(rounds) * 1000


def _registered(client: Client) -> str:
    """A person whom the city's year knows nothing of, and what troubles them."""
    person = client.post("Patient", {"resourceType": "Patient", "name": [{"text": "水無瀬 みお"}]})
    name = f"Patient/{person.json['id']}"
    for number in range(_CONCERNS):
        said = {"resourceType": "Condition", "subject": {"reference": name}, "code": {"text": f"心配ごと {number}"}}
        assert client.post("Condition", said).status == 201
    return name


@pytest.mark.proof("long_run", 3600)
def test_an_hour_of_mixed_work_leaves_the_server_as_it_was(tmp_path: Path, spec: Spec, proof: Proof) -> None:
    log = tmp_path / "log"
    # Nobody is to be told to wait: the acts come from one address, as fast as they are answered.
    with (
        launch.serving(tmp_path / "city", "--demo", log=str(log), rate="100000000") as running,
        _town(running, spec) as town,
    ):
        city = play.without_end(town, side_by_side=12, seed=_SEED)
        while next(city) < 3:  # what is made at the first request is made
            pass
        person = _registered(town.people("yorisoi", "CAREMGT"))
        before = _at_rest(town.people("yorisoi", "CAREMGT"), person)
        held: list[tuple[float, float]] = []
        begun, first = time.monotonic(), len(log.read_bytes())
        households = 0
        while proof.goes_on:
            second = time.monotonic()
            while time.monotonic() < second + 1:
                households = next(city)
            held.append((time.monotonic() - begun, processes.largest(running.process.pid)))
            proof.count(round(time.monotonic() - begun) - proof.reached)
        after = _at_rest(town.people("yorisoi", "CAREMGT"), person)
        seconds = held[-1][0]
        warm = [megabytes for at, megabytes in held if at >= seconds * _WARM]
        half = len(warm) // 2 or 1
        early, late = statistics.median(warm[:half]), statistics.median(warm[-half:])
        writes = sum(many for act, many in town.acts.items() if act != "read")
        print(
            f"{seconds:.0f} s, {households:,} households, {writes:,} acts that write, "
            f"largest process {early:.0f} MB then {late:.0f} MB, at rest {before:.2f} ms then {after:.2f} ms, "
            f"database {(running.folder / 'tsunagu.sqlite').stat().st_size / 1e6:.1f} MB, "
            f"log {(len(log.read_bytes()) - first) / 1e6:.1f} MB"
        )
        assert late <= early * _FLAT
        assert after <= before * _AS_QUICK
