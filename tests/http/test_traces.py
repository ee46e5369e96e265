"""What a request is made of is told to a collector, of every part that takes time, and nothing of a person.

docs/operations.md, "traces"
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from demo.people import People
from tests import trusting
from tests.http import collector, launch, planted
from tests.http.asking import Asking
from tests.http.collector import Collector
from tests.http.launch import Running

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
PATIENT = b'{"resourceType":"Patient","name":[{"text":"A"}]}'


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collector.collecting() as found:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.address)
        yield found


@pytest.fixture
def folder(installed: Path, tmp_path: Path) -> Path:
    return launch.copied(installed, tmp_path / "city")


@pytest.fixture(scope="module")
def worked(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    """What was told of a server that is behind a trusted proxy, when it had ended."""
    folder = launch.copied(installed, tmp_path_factory.mktemp("worked") / "city")
    with collector.collecting() as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.address)
        with launch.serving(
            folder, traces="true", workers="2", trusted_proxies="127.0.0.0/8", rate="1000000", transaction_limit="100"
        ) as running:
            _work(running)
            assert running.end(signal.SIGTERM) == 0
        assert set(found.paths) == {"/v1/traces"}
        assert "tsunagu" in found.services
        yield found


def _work(running: Running) -> None:
    people = People(running.base, running.credentials)
    with Asking(running.base, people.officer("yorisoi").token()) as officer:
        made = officer.ask("POST", "Patient", PATIENT)
        assert made.status == 201
        id = made.headers["location"].split("/Patient/")[1].partition("/")[0]
        assert officer.ask("GET", f"Patient/{id}").status == 200
        assert officer.ask("GET", "Patient/nobody").status == 404
        entry = b'{"resource":%s,"request":{"method":"POST","url":"Patient"}}' % PATIENT
        bundle = b'{"resourceType":"Bundle","type":"transaction","entry":[%s]}' % b",".join([entry] * 100)
        assert officer.ask("POST", "", bundle).status == 200
        for said in ({"traceparent": PARENT, "tracestate": "x=hanako-marker"}, {"traceparent": "00-00-00-01"}):
            assert officer.ask("GET", "metadata", headers=said).status == 200
    with Asking(running.base, people.system("yorisoi-system").token()) as system:
        begun = system.ask("GET", "Patient/$export?_type=Patient", headers={"Prefer": "respond-async"})
        assert begun.status == 202, begun.text
        while system.ask("GET", begun.headers["content-location"].partition("/fhir/")[2]).status == 202:
            pass
    people.close()


def attributes(span: Span) -> dict[str, Any]:
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in span.attributes}


def test_a_write_is_a_trace_of_its_parts(worked: Collector) -> None:
    [created] = worked.named("POST create")
    parts = worked.below(created)
    assert created.kind == Span.SPAN_KIND_SERVER
    assert attributes(created)["http.response.status_code"] == 201
    assert len(attributes(created)["tsunagu.request"]) == 32
    for part, whole in (
        ("gate write", "POST create"),
        ("store transact", "gate write"),
        ("store work", "store transact"),
        ("store put", "store work"),
        ("trail note", "store work"),
    ):
        assert parts[part].parent_span_id == parts[whole].span_id, part


def test_a_read_is_a_trace_with_its_decision_and_its_event(worked: Collector) -> None:
    read, unseen = worked.named("GET read")
    assert {"gate read", "store get", "trail append", "vault look_at"} <= set(worked.below(read))
    assert [event.name for event in worked.below(read)["gate read"].events] == ["decision"]
    refused = attributes(worked.below(unseen)["gate read"])
    assert (refused["error.type"], refused["tsunagu.problem"]) == ("Problem", "not-found")
    assert not any(list(span.events) for span in worked.below(unseen).values()), "an exception has a text"


def test_a_job_is_a_trace_of_its_own(worked: Collector) -> None:
    job, *_ = worked.named("job Exporting")
    assert not job.parent_span_id
    assert {"store find", "vault look"} <= {span.name for span in worked.spans if span.trace_id == job.trace_id}


def test_a_trace_goes_on_where_a_trusted_proxy_began_it(worked: Collector) -> None:
    first, second = worked.named("GET metadata")
    assert (first.trace_id.hex(), first.parent_span_id.hex()) == (TRACE, PARENT.split("-")[2])
    assert not second.parent_span_id
    assert "hanako-marker" not in worked.told


def test_a_very_large_request_is_told_in_part_and_how_much_is_left_out(worked: Collector) -> None:
    [whole] = worked.named("POST bundle")
    assert len([span for span in worked.spans if span.trace_id == whole.trace_id]) <= 1 + 256
    assert attributes(whole)["tsunagu.spans_left_out"] > 0


def test_nothing_of_a_person_is_in_a_trace(folder: Path, heard: Collector) -> None:
    with launch.serving(folder, traces="true") as running:
        planted.plant(running)
        begun = {"traceparent": PARENT}
        assert trusting.get(f"{running.base}/metadata", headers=begun).status_code == 200
        assert running.end(signal.SIGINT) == 0
    names = {span.name for span in heard.spans}
    assert {"POST create", "PUT update", "GET search", "POST search_by_post", "POST /oauth/token", "HTTP"} <= names
    assert planted.found(heard.told + "".join(running.said)) == []
    assert [said for said in ("Patient/", "Bearer", "?name", "yorisoi", "127.0.0.1") if said in heard.told] == []
    [stranger] = heard.named("GET metadata")
    assert stranger.trace_id.hex() != TRACE, "nobody trusts who began it"


def test_a_collector_that_answers_nothing_holds_up_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with collector.collecting(threading.Event()) as silent:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", silent.address)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
        with launch.serving(folder, traces="true") as running:
            for _ in range(5):
                assert trusting.get(f"{running.base}/metadata").status_code == 200
            while not silent.told:
                pass
            assert running.end(signal.SIGTERM) == 0


def test_nothing_is_told_where_nobody_asked_for_it(
    folder: Path, heard: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    with launch.serving(folder) as running:
        assert trusting.get(f"{running.address}/?state=x").status_code == 200
        assert trusting.get(f"{running.base}/metadata").status_code == 200
        assert running.end(signal.SIGINT) == 0
    assert heard.told == ""


def test_traces_without_their_packages_are_one_sentence(folder: Path) -> None:
    start = "import sys; sys.modules['opentelemetry.sdk'] = None; from api.cli import main; sys.exit(main())"
    environment = launch.environment(folder, traces="true")
    ended = subprocess.run(
        [sys.executable, "-c", start, "serve"], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "TSUNAGU_TRACES" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
