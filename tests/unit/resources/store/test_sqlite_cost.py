"""What only the SQLite store promises of cost: a page takes as many steps whatever else is in the store."""

from __future__ import annotations

import contextlib

import pytest

from resources.search.order import Key
from resources.search.predicate import EVERYTHING, Each, Has, Is, Related, all_of, any_of, has
from resources.search.relation import FOREVER, Relation, Values
from resources.store import sqlite_breadth, sqlite_file, sqlite_question
from resources.store.port import Query
from resources.store.sqlite import SqliteStore
from resources.store.sqlite_here import Here
from resources.store.sqlite_range import IndexRange
from tests.unit.resources.store.writing import draft, put

MANY = 2_500  # of the type asked: more than are simply brought into order
TASKS = has(".type", "Task")
DATE = Key("date <")


@pytest.fixture(scope="module")
def folders(tmp_path_factory, module_run):
    """The same tasks beside 100 records of other types, beside 5,000, and three times as many tasks."""
    made = {}
    for name, others, tasks in (("few", 100, MANY), ("many", 5_000, MANY), ("more", 100, 3 * MANY)):
        made[name] = tmp_path_factory.mktemp(name)
        module_run(filled(made[name], others, tasks))
    return made


async def filled(folder, others, tasks):
    store = SqliteStore(folder)
    await store.open()
    same = ["status open", "kind k"]
    await put(store, *(draft(f"o{n:05}", 1, f"date <{n:05}", *same, type="Basic") for n in range(others // 2)))
    await put(store, *(draft(f"a{n:05}", 1, *dated(n), *same) for n in range(tasks)))
    await put(store, *(draft(f"z{n:05}", 1, f"date <{n:05}", *same, type="Group") for n in range(others // 2)))
    await store.close()


def dated(n):
    return [f"date <{n * 7919 % 2_000:05}", f"gender {'mf'[n % 2]}"] if n % 10 else []


def steps(folder, query, at=FOREVER):
    """Tens of steps of SQLite's machine for one page; and the page."""
    counted = 0

    def step():
        nonlocal counted
        counted += 1

    with contextlib.closing(sqlite_file.connect(folder / sqlite_file.NAME, patience=0)) as connection:
        connection.set_progress_handler(step, 10)
        found = sqlite_question.find(connection, Here(at), query, EVERYTHING)
    return counted, found


ORDERS = [
    (Key("id"),),
    (Key("id", True),),
    (Key("since"),),
    (Key("since", True),),
    (DATE,),
    (Key("date <", True),),
    (DATE, Key("id", True)),
    (DATE, Key("since", True)),
    (Key("gender "),),
    (Key("gender ", True), DATE),
    (Key("status "),),
    (Key("nothing "),),
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("what", [TASKS, all_of([TASKS, has("status", "open")])])
def test_a_page_in_any_order_reads_nothing_of_other_types(folders, order, what):
    after = same_after = ""
    for _ in range(2):
        few, found = steps(folders["few"], Query(what, order, after, 20))
        many, same = steps(folders["many"], Query(what, order, same_after, 20))
        assert [row.id for row in found.versions] == [row.id for row in same.versions]
        assert len(found.versions) == 20
        assert many <= few * 1.05 + 5
        after, same_after = found.next, same.next


@pytest.mark.parametrize("key", [Key("id"), Key("id", True), Key("since"), Key("since", True)])
def test_a_page_of_history_reads_nothing_of_other_types_and_no_more_than_itself(folders, key):
    few, found = steps(folders["few"], Query(TASKS, (key,), limit=20, history=True))
    many, same = steps(folders["many"], Query(TASKS, (key,), limit=20, history=True))
    more, _ = steps(folders["more"], Query(TASKS, (key,), limit=20, history=True))
    assert [row.id for row in found.versions] == [row.id for row in same.versions]
    assert max(many, more) <= few * 1.05 + 5


@pytest.mark.parametrize("key", [Key("since"), Key("since", True)])
def test_a_page_of_all_that_was_written_reads_no_more_than_itself(folders, key):
    few, _ = steps(folders["few"], Query(EVERYTHING, (key,), limit=20, history=True))
    many, found = steps(folders["many"], Query(EVERYTHING, (key,), limit=20, history=True))
    assert many <= few * 1.05 + 5
    next_page, _ = steps(folders["many"], Query(EVERYTHING, (key,), found.next, 20, history=True))
    assert next_page <= few * 1.05 + 50


@pytest.mark.parametrize("order", ORDERS[:-2])
def test_a_page_is_bounded_however_many_of_the_type_there_are(folders, order):
    """Orders by a term that thousands have alike, too: among them the rest of the order leads."""
    few, _ = steps(folders["few"], Query(TASKS, order, limit=20))
    more, found = steps(folders["more"], Query(TASKS, order, limit=20))
    assert len(found.versions) == 20
    assert more <= few * 1.2 + 50


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("as_of", ["", "9998"])
def test_a_page_in_commit_order_is_read_along_a_term_however_many_have_it(folders, down, as_of):
    """An agency's newest requests: those that it ever had are neither counted nor brought into order."""
    open_to_one = all_of([TASKS, has("gender", "f"), has("status", "open")])
    after = more_after = ""
    for _ in range(2):
        few, found = steps(folders["few"], Query(open_to_one, (Key("since", down),), after, 20, as_of=as_of))
        more, same = steps(folders["more"], Query(open_to_one, (Key("since", down),), more_after, 20, as_of=as_of))
        assert len(found.versions) == len(same.versions) == 20
        assert more <= few * 1.05 + 5
        assert as_of or more < 400
        after, more_after = found.next, same.next


@pytest.mark.parametrize("down", [False, True])
def test_a_page_in_commit_order_is_led_by_a_list_that_few_have(folders, down):
    """What an agency wrote of the persons of a household: not sought in what it wrote first, or last."""
    persons = any_of([has("date", f"<{n:05}") for n in (1_000, 1_001, 1_002)])
    of_them = all_of([TASKS, persons, has("kind", "k")])
    more, found = steps(folders["more"], Query(of_them, (Key("since", down),), limit=20))
    assert 3 < len(found.versions) < 20
    assert more < 150


@pytest.mark.parametrize("narrow", [has("date", "<01001"), any_of([has("date", "<01001"), has("date", "<01002")])])
@pytest.mark.parametrize("history", [False, True])
def test_all_that_is_wanted_is_led_by_what_few_have_wherever_that_stands(folders, narrow, history):
    """What waits about one record: not sought among all that waits in the city."""
    for parts in ([TASKS, has("status", "open"), narrow], [TASKS, narrow, has("status", "open")]):
        more, found = steps(folders["more"], Query(all_of(parts), history=history))
        assert 3 <= len(found.versions) < 10
        assert more < 300


@pytest.fixture(scope="module")
def granted(tmp_path_factory, module_run):
    """The same tasks of two persons who have agreed, beside 10 others who have, and beside 3,000."""
    made = []
    for others in (10, 3_000):
        made.append(tmp_path_factory.mktemp("granted"))
        module_run(agreed(made[-1], others))
    return made


async def agreed(folder, others):
    store = SqliteStore(folder)
    await store.open()
    rows = [Relation("consent", f"Patient/{n}", "Organization/o", "t") for n in range(-2, others)]
    await put(store, draft("c", 1, type="Consent"), relations=rows)
    tasks = (draft(f"a{n:04}", 1, f".subject Patient/{-1 - n % 2}", f".household Group/{n}") for n in range(100))
    await put(store, *tasks)
    await store.close()


@pytest.mark.parametrize("at", [FOREVER, "9999"])
def test_whether_a_person_agreed_is_asked_of_that_person_and_not_of_all_who_did(granted, at):
    values = Values(".subject", ".household", "member")
    query = Query(all_of([TASKS, Each(values, Related("consent", frozenset(["Organization/o"]), frozenset(["t"])))]))
    (few, found), (many, same) = (steps(folder, query, at) for folder in granted)
    assert len(found.versions) == len(same.versions) == 100
    assert many <= few * 1.05 + 5


def test_what_is_seldom_is_brought_into_order_and_not_walked_to(folders):
    """An order by date over what is rare does not try every task for it."""
    rare = all_of([TASKS, Is("date <00042")])
    assert steps(folders["few"], Query(rare, (DATE,), limit=20))[0] < 200


def asked(connection, *questions):
    """What SQLite was asked for these questions of one view; and their answers."""
    here = Here()
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    answers = [question(connection, here) for question in questions]
    connection.set_trace_callback(None)
    return statements, answers


WOMEN = Query(all_of([TASKS, has("gender", "f"), has("status", "open")]), limit=20)


def page(connection, here):
    return sqlite_question.find(connection, here, WOMEN, EVERYTHING)


def total(connection, here):
    return sqlite_question.count(connection, here, WOMEN, EVERYTHING, None)


def test_questions_of_one_view_count_each_way_into_the_index_once(folders):
    with contextlib.closing(sqlite_file.connect(folders["few"] / sqlite_file.NAME, patience=0)) as connection:
        first, _ = asked(connection, page, total)
        both, _ = asked(connection, page, total, page, total)
    again = len(both) - len(first)
    assert again < len(first)


def test_an_exact_number_of_many_is_counted_without_reading_each_of_them(folders):
    """What the index of their type's terms says is not looked for among the terms of each."""
    with contextlib.closing(sqlite_file.connect(folders["few"] / sqlite_file.NAME, patience=0)) as connection:
        statements, [number] = asked(connection, total)
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statements[-1]}")]
    assert number == MANY // 2
    assert not [step for step in plan if "PRIMARY KEY" in step]


def test_an_exact_number_of_few_costs_no_more_where_many_more_may_be_seen(folders):
    """A range of terms is named after the terms that one may see, which are counted no further than it needs."""
    soon = Query(all_of([TASKS, Has("date <00001", "date <00002")]))

    def counted(folder):
        steps = 0

        def step():
            nonlocal steps
            steps += 1

        with contextlib.closing(sqlite_file.connect(folder / sqlite_file.NAME, patience=0)) as connection:
            connection.set_progress_handler(step, 10)
            number = sqlite_question.count(connection, Here(FOREVER), soon, has("kind", "k"), None)
        return steps, number

    (few, one), (more, several) = counted(folders["few"]), counted(folders["more"])
    assert 0 < one < several < 10
    assert more <= few * 1.05 + 100


def test_that_many_rows_lead_somewhere_is_told_without_following_them(granted):
    way = IndexRange(related=((Values(".subject"), Related("consent", frozenset(["Organization/o"]))),))
    with contextlib.closing(sqlite_file.connect(granted[1] / sqlite_file.NAME, patience=0)) as connection:
        statements, [many, few] = asked(
            connection,
            lambda connection, here: sqlite_breadth.of(connection, here, way, "1", ("Task",), 2_000),
            lambda connection, here: sqlite_breadth.of(connection, here, way, "1", ("Task",), 5_000),
        )
    assert (many, few) == (2_000, 100)
    assert len(statements) == 3
