"""The words the demo has for a ground are about grounds that exist."""

from __future__ import annotations

import json

from consent import rules
from tests.house.source import ROOT


def test_the_demo_has_words_for_every_ground_it_can_meet():
    words = json.loads((ROOT / "demo/household_h/grounds.json").read_text())
    assert set(words) == {module.ID for module in rules.PERMITS} - {rules.installation.ID}
    assert all(each["ja"] and each["en"] for each in words.values())
