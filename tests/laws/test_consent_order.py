"""The order in which papers are filed means nothing: whoever may read afterwards may read it in any order.

docs/policy.md, "consent".
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.spec import Spec
from resources.store.open import opened
from tests.laws.drawn import LAW
from tests.laws.worlds import RESOURCE_TYPES, V3
from tests.unit.consent.people import NOW
from tests.unit.consent.town import Town, actor, concern, paper, patient
from tests.unit.consent.writing.test_superseding import REPLACES, consent

Json = dict[str, Any]

P, Q, CO = actor("p"), actor("q"), actor("co")
ORDERS = settings(LAW, max_examples=25)
DAYS = ("2019-02-12", "2026-11-20", "2026-11-20", "2026-11-22", "2026-11-23", "2026-11-23T09:00:00+09:00")
RESTRICTED = {"security": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}
BUT = {"type": "deny", "securityLabel": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}
OPTOUT = {"coding": [{"system": f"{V3}v3-ActCode", "code": "OPTOUT"}]}


@st.composite
def papers(draw: st.DrawFn) -> list[tuple[Json, bool]]:
    """Some papers of one person, and whether each is revoked as soon as it is filed."""
    revoking = draw(st.booleans())
    return [_paper(draw, f"f{place}", revoking) for place in range(draw(st.integers(2, 4)))]


def _paper(draw: st.DrawFn, id: str, revoking: bool) -> tuple[Json, bool]:
    provision: Json = {"type": draw(st.sampled_from(("permit", "permit", "permit", "deny")))}
    if draw(st.booleans()):
        provision["actor"] = consent("x")["provision"]["actor"]
    if draw(st.booleans()):
        provision["class"] = [{"system": RESOURCE_TYPES, "code": draw(st.sampled_from(("Condition", "Patient")))}]
    if provision["type"] == "permit" and draw(st.booleans()):
        provision["provision"] = [BUT]
    form = consent(id, dateTime=draw(st.sampled_from(DAYS)), provision=provision)
    if not revoking and draw(st.booleans()):
        form["extension"] = REPLACES
    if draw(st.integers(0, 4)) == 0:
        form["policyRule"] = OPTOUT
    return form, revoking and provision["type"] == "permit" and draw(st.booleans())


def test_papers_filed_in_any_order_open_the_same(spec: Spec) -> None:
    seen: Counter[str] = Counter()

    @ORDERS
    @given(forms=papers(), data=st.data())
    def holds(forms: list[tuple[Json, bool]], data: st.DataObject) -> None:
        with asyncio.Runner() as runner:
            first = _read(runner, spec, forms)
            assert _read(runner, spec, forms[::-1]) == first
            assert _read(runner, spec, data.draw(st.permutations(forms))) == first
        seen["some" if 0 < len(first) < 6 else "nothing" if not first else "all"] += 1
        seen["replaced"] += any("extension" in form for form, _ in forms)
        seen["revoked"] += any(revoked for _, revoked in forms)

    holds()
    assert min(seen[what] for what in ("some", "nothing", "replaced", "revoked")) > 2, seen


def _read(runner: asyncio.Runner, spec: Spec, forms: Sequence[tuple[Json, bool]]) -> set[tuple[str, str]]:
    """Who may read what, after these papers were filed in this order."""
    with tempfile.TemporaryDirectory() as folder:
        store = opened(str(Path(folder)), lambda: NOW)
        runner.run(store.open())
        try:
            town = Town.founded(runner, store, spec)
            town.write(P, patient("1"), concern("c", "1"), concern("v", "1", meta=RESTRICTED))
            for form, revoked in forms:
                town.write(P, paper(form), form)
                if revoked:
                    town.write(P, form | {"status": "inactive", "meta": {"versionId": "1"}})
            return {
                (who.person, name)
                for who in (Q, CO)
                for type in ("Patient", "Condition")
                for name in town.search(who, type)
            }
        finally:
            runner.run(store.close())
