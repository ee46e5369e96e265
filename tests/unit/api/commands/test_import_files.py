"""The lines of an import's files are read from anywhere on, whatever they hold."""

from __future__ import annotations

from pathlib import Path

from api.commands import import_files
from api.commands.import_files import Place, Raw, Standing


def written(folder: Path, *contents: bytes) -> list[Path]:
    paths = [folder / f"{number}.ndjson" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def read(files: list[Path], since: Place = Place()) -> list[Raw]:  # noqa: B008  # it is frozen
    return list(import_files.lines(files, since, 20))


def test_lines_are_numbered_in_each_file_and_blank_ones_are_none(tmp_path: Path) -> None:
    files = written(tmp_path, b'{"a":1}\r\n\n{"b":2}', b'{"c":3}\n')
    assert [(raw.at.file, raw.number, raw.body) for raw in read(files)] == [
        (0, 1, b'{"a":1}'),
        (0, 3, b'{"b":2}'),
        (1, 1, b'{"c":3}'),
    ]


def test_after_every_line_the_rest_can_be_read(tmp_path: Path) -> None:
    files = written(tmp_path, b'{"a":1}\n\n{"b":2}\n', b"", b'{"c":3}\n{"d":4}\n')
    whole = read(files)
    for place, raw in enumerate(whole, 1):
        assert read(files, raw.after) == whole[place:]


def test_a_line_longer_than_a_line_may_be_is_read_to_its_end_and_kept_as_too_long(tmp_path: Path) -> None:
    long, short = read(written(tmp_path, b"x" * 50 + b"\n{}\n"))
    assert len(long.body) > 20
    assert (short.number, short.body) == (2, b"{}")


def test_what_waits_is_found_again(tmp_path: Path) -> None:
    files = written(tmp_path, b'{"a":1}\n{"b":2}\n', b'{"c":3}\n')
    whole = read(files)
    waited = tmp_path / "waited"
    waited.write_bytes(b"".join(import_files.named(raw) for raw in whole[1:]))
    found = list(import_files.waiting(files, waited, Place(), 20))
    assert [(raw.at, raw.body) for raw in found] == [(raw.at, raw.body) for raw in whole[1:]]
    assert list(import_files.waiting(files, waited, found[0].after, 20)) == found[1:]


def test_where_an_import_stands_is_kept_whole() -> None:
    standing = Standing(turn=2, last=True, place=Place(1, 2, 3), written=4, wrong=5, reported=6)
    assert Standing.of(standing.kept()) == standing
    assert Standing.of(None) == Standing()


def test_an_import_is_told_from_another_by_its_bytes_and_by_whose_it_is(tmp_path: Path) -> None:
    one, other = written(tmp_path, b"{}\n", b"{} \n")
    digests = {
        import_files.digest([one], "Organization/a", "Organization/a"),
        import_files.digest([one], "Organization/b", "Organization/b"),
        import_files.digest([other], "Organization/a", "Organization/a"),
        import_files.digest([one, other], "Organization/a", "Organization/a"),
        import_files.digest([other, one], "Organization/a", "Organization/a"),
    }
    assert len(digests) == 5
