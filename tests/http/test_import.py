"""`tsunagu import` as it is run: what it says, how it ends, and that it goes on where it was killed.

docs/operations.md, "import"
"""

from __future__ import annotations

import asyncio
import codecs
import os
import select
import stat
import subprocess
from pathlib import Path
from typing import Any

import orjson

from resources.search.predicate import EVERYTHING, has_one_of
from resources.store.open import opened
from resources.store.port import Query
from resources.store.trail import Head
from resources.store.trail_root import heads
from resources.store.trail_signer import Signer
from tests.http import launch

AGENCY = {"resourceType": "Organization", "id": "agency", "name": "agency"}


def patient(n: int) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": f"p{n}", "name": [{"family": "水無瀬"}]}


def concern(n: int, person: int) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": f"c{n}", "subject": {"reference": f"Patient/p{person}"}}


def written(path: Path, *lines: dict[str, Any] | bytes) -> Path:
    whole = (line if isinstance(line, bytes) else orjson.dumps(line) for line in lines)
    path.write_bytes(b"".join(line + b"\n" for line in whole))
    return path


def started(folder: Path, *words: Path | str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        launch.command("import", *_given(folder, "Organization/agency", *words)),
        env=launch.environment(folder / "data"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(folder: Path, *words: Path | str, custodian: str = "Organization/agency") -> tuple[int, str, str]:
    ended = launch.ran(folder / "data", "import", *_given(folder, custodian, *words))
    return ended.returncode, ended.stdout, ended.stderr


def _given(folder: Path, custodian: str, *words: Path | str) -> tuple[str, ...]:
    return ("--custodian", custodian, "--report", str(folder / "report"), *map(str, words))


def reported(folder: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (folder / "report").read_bytes().splitlines()]


def stored(folder: Path) -> list[str]:
    async def look() -> list[str]:
        store = opened(str(folder / "data"))
        await store.open()
        async with store.snapshot() as view:
            what = has_one_of(".type", {"Patient", "Condition"})
            found = [version.reference for version in (await view.find(Query(what), within=EVERYTHING)).versions]
        await store.close()
        return found

    return asyncio.run(look())


async def unsigned(folder: Path) -> list[Head]:
    """The ends of chains that no root speaks of."""
    store = opened(str(folder / "data"))
    await store.open()
    signer = Signer.load(folder / "data" / "keys")
    said = [signer.verified(root.statement) or {} for root in await store.trail.roots()]
    signed = [head for statement in said for head in heads(statement["heads"])]
    found = [head for head in await store.trail.heads() if head not in signed]
    assert signed
    await store.close()
    return found


def test_bad_lines_are_reported_and_stop_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, written(tmp_path / "agency.ndjson", AGENCY), "--directory")[0] == 0
    lines: list[dict[str, Any] | bytes] = [
        concern(1, 1),
        patient(1),
        b"{",
        concern(2, 2),
        {"resourceType": "Patient", "id": "x", "gender": "秘密"},
    ]
    code, said, complained = run(tmp_path, written(tmp_path / "cases.ndjson", *lines))
    assert code == 1
    assert "imported 2, there already 0, wrong 3" in said
    assert "Traceback" not in complained
    assert {(each["file"], each["line"]) for each in reported(tmp_path)} == {("cases.ndjson", n) for n in (3, 4, 5)}
    assert all(each["outcome"]["resourceType"] == "OperationOutcome" for each in reported(tmp_path))
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == 0o600
    assert "秘密" not in said + complained
    assert [path.name for path in tmp_path.glob("report.*")] == []
    assert run(tmp_path, tmp_path / "cases.ndjson")[1].endswith(f"wrong 3: {tmp_path / 'report'}\n")


def test_what_comes_later_in_another_file_is_waited_for(tmp_path: Path) -> None:
    run(tmp_path, written(tmp_path / "agency.ndjson", AGENCY), "--directory")
    concerns = written(tmp_path / "concerns.ndjson", *(concern(n, n) for n in range(700)))
    patients = written(tmp_path / "patients.ndjson", *(patient(n) for n in range(700)))
    code, said, _ = run(tmp_path, concerns, patients)
    assert (code, len(stored(tmp_path))) == (0, 1400)
    assert "imported 1400, there already 0, wrong 0" in said


def test_a_file_may_begin_with_a_mark_and_an_id_that_no_address_holds_is_wrong(tmp_path: Path) -> None:
    run(tmp_path, written(tmp_path / "agency.ndjson", codecs.BOM_UTF8 + orjson.dumps(AGENCY)), "--directory")
    steps = [patient(0) | {"id": id} for id in (".", "..", "")]
    late = written(tmp_path / "late.ndjson", codecs.BOM_UTF8 + orjson.dumps(concern(1, 1)), *steps)
    code, said, _ = run(tmp_path, late, written(tmp_path / "people.ndjson", codecs.BOM_UTF8, patient(1)))
    assert code == 1
    assert "imported 2, there already 0, wrong 3" in said
    assert [each["line"] for each in reported(tmp_path)] == [2, 3, 4]
    assert all(each["outcome"]["issue"][0]["expression"] == ["Patient.id"] for each in reported(tmp_path))


def test_an_import_that_cannot_begin_says_why_in_one_sentence(tmp_path: Path) -> None:
    run(tmp_path, written(tmp_path / "agency.ndjson", AGENCY), "--directory")
    asked = [
        ("Organization/none", "agency"),
        ("Patient/p", "agency"),
        ("Organization/a/b", "agency"),
        ("Organization/agency", "none"),
    ]
    for custodian, file in asked:
        code, said, complained = run(tmp_path, tmp_path / f"{file}.ndjson", custodian=custodian)
        assert (code, said) == (2, "")
        [sentence] = complained.strip().splitlines()
        assert sentence.startswith("tsunagu: ")
        assert " / " in sentence


def test_into_an_empty_store_nothing_comes_for_an_agency_that_is_not_there(tmp_path: Path) -> None:
    file = written(tmp_path / "cases.ndjson", patient(1), concern(1, 1))
    code, said, complained = run(tmp_path, file, custodian="Organization/zzz")
    assert (code, said) == (2, "")
    assert "`Organization/zzz`" in complained
    code, said, _ = run(tmp_path, file, "--directory", custodian="Organization/zzz")
    assert code == 1
    assert "imported 0, there already 0, wrong 2" in said
    assert stored(tmp_path) == []


def test_an_agency_and_its_records_may_come_in_one_call_in_any_order(tmp_path: Path) -> None:
    cases = written(tmp_path / "cases.ndjson", *(patient(n) for n in range(600)))
    agency = written(tmp_path / "agency.ndjson", AGENCY)
    code, said, _ = run(tmp_path, cases, agency, "--directory")
    assert code == 0
    assert "imported 601, there already 0, wrong 0" in said


def test_lines_of_the_directory_are_asked_for(tmp_path: Path) -> None:
    run(tmp_path, written(tmp_path / "agency.ndjson", AGENCY), "--directory")
    post = {"resourceType": "PractitionerRole", "id": "r", "organization": {"reference": "Organization/agency"}}
    file = written(tmp_path / "mixed.ndjson", AGENCY, post, patient(1))
    code, said, _ = run(tmp_path, file)
    assert code == 1
    assert "imported 1, there already 0, wrong 2" in said
    issues = [each["outcome"]["issue"][0] for each in reported(tmp_path)]
    assert all("P12" in issue["details"]["text"] and "--directory" in issue["diagnostics"] for issue in issues)
    assert "imported 1, there already 2, wrong 0" in run(tmp_path, file, "--directory")[1]


def test_what_another_agency_keeps_is_not_there_already(tmp_path: Path) -> None:
    other = AGENCY | {"id": "other"}
    run(tmp_path, written(tmp_path / "agency.ndjson", AGENCY, other), "--directory")
    file = written(tmp_path / "cases.ndjson", patient(1), patient(2))
    assert run(tmp_path, file)[0] == 0
    code, said, _ = run(tmp_path, file, custodian="Organization/other")
    assert code == 1
    assert "imported 0, there already 0, wrong 2" in said
    assert "another agency keeps this record" in (tmp_path / "report").read_text()


def test_into_a_store_of_another_generation_nothing_is_imported(tmp_path: Path) -> None:
    async def older() -> None:
        store = opened(str(tmp_path / "data"))
        await store.open()
        await store.transact(lambda tx: tx.turn("older"))
        await store.close()

    agency = written(tmp_path / "agency.ndjson", AGENCY)
    assert run(tmp_path, agency, "--directory")[0] == 0
    asyncio.run(older())
    code, _, complained = run(tmp_path, agency, "--directory")
    assert code == 2
    assert "tsunagu reindex" in complained


def test_what_was_taken_in_is_under_a_signed_root(tmp_path: Path) -> None:
    for file, flags in ((AGENCY, ("--directory",)), (patient(1), ())):
        assert run(tmp_path, written(tmp_path / "lines.ndjson", file), *flags)[0] == 0
        assert asyncio.run(unsigned(tmp_path)) == []


def test_keys_that_cannot_be_used_are_said_before_anything_is_taken_in(tmp_path: Path) -> None:
    (tmp_path / "data" / "keys").mkdir(parents=True)
    key = tmp_path / "data" / "keys" / "trail-key.json"
    key.touch(mode=0o600)
    code, said, complained = run(tmp_path, written(tmp_path / "agency.ndjson", AGENCY), "--directory")
    assert (code, said) == (2, "")
    assert len(complained.strip().splitlines()) == 1
    assert str(key) in complained


def test_killed_at_any_moment_it_goes_on_and_tells_the_same(tmp_path: Path) -> None:
    run(tmp_path, written(tmp_path / "agency.ndjson", AGENCY), "--directory")
    lines: list[dict[str, Any] | bytes] = [line for n in range(3000) for line in (concern(n, n), patient(n))]
    lines[1000:1000] = [b"{", concern(10_000, 10_000)]
    file = written(tmp_path / "cases.ndjson", *lines)
    kills = 0
    for enough in (1, 1500, 3500):
        process = started(tmp_path, file)
        while process.poll() is None and _count(tmp_path) < enough:
            pass
        if process.poll() is None:
            process.kill()  # and not those it began, which end by themselves: they hold the pipes
            kills += 1
        process.communicate(timeout=launch.PATIENCE)
    code, said, _ = run(tmp_path, file)
    assert kills
    assert code == 1
    assert "wrong 2" in said
    assert sorted(each["line"] for each in reported(tmp_path)) == [1001, 1002]
    assert len(stored(tmp_path)) == 6000
    _check_leaves_nobody(tmp_path / "data")


def _check_leaves_nobody(folder: Path) -> None:
    """The processes of a check of so many records end with the one that began them."""
    environment = launch.environment(folder)
    with subprocess.Popen(launch.command("check"), env=environment, stdout=subprocess.PIPE) as process:
        began = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while len(children := began.read_text().split()) < 2:
            assert process.poll() is None
        ends = [os.pidfd_open(int(each)) for each in children]
        process.kill()
        process.communicate(timeout=launch.PATIENCE)
    assert all(select.select([each], [], [], launch.PATIENCE)[0] for each in ends)


def _count(folder: Path) -> int:
    async def look() -> int:
        store = opened(str(folder / "data"))
        await store.open()
        async with store.snapshot() as view:
            found = await view.count(Query(has_one_of(".type", {"Patient", "Condition"})), within=EVERYTHING)
        await store.close()
        return found

    return asyncio.run(look())
