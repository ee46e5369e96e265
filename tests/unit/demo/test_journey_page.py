"""The page of the journeys says each act with its answer, in its order, and nothing of it is taken for markup."""

from __future__ import annotations

from pathlib import Path

from demo.journey import page
from demo.journey.narration import Narration

ACT = Narration("3", "担当者", "<b>母</b>の居所を読む", "reads", 404, False, "D1 & P3", ("D1",), True, "404")


def test_each_act_is_a_row_under_its_journey(tmp_path: Path) -> None:
    page.write(tmp_path / "page.html", {"世帯 K": [ACT, ACT]})
    written = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<h2>世帯 K</h2>" in written
    assert written.count("<tr><td>3<td>✗ 404<td>担当者<td>&lt;b&gt;母&lt;/b&gt;の居所を読む") == 2
    assert "D1 &amp; P3" in written
