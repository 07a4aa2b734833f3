"""Training data that a language model writes: the whole way, against a stand-in over real HTTP."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import LanguageModel
from portal.alignment import operations, tasks
from portal.alignment.engine import working
from tests.support import model_server as server_of
from tests.support.alignment_lab import AlignmentLab
from tests.support.model_server import KEY, MODEL, ModelServer, model_server

DATABASES = ("sqlite",)  # how pairs are kept is tested on both; here it is about who writes them
LEAVE = "# Leave\n\nEvery employee has twenty days of annual leave in a calendar year, without any exception at all.\n"
TRAVEL = "# Travel\n\nFlights are booked by the office at least two weeks before the journey of an employee begins.\n"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as made:
        yield made


@pytest.fixture
def lab(make_app: Callable[..., Flask], server: ModelServer, tmp_path: Path) -> Iterator[AlignmentLab]:
    app = make_app(language_model=LanguageModel(server.url, MODEL, KEY))
    with app.app_context():
        yield AlignmentLab(app, tmp_path)


def work(lab: AlignmentLab) -> None:
    working.work_on_waiting(tasks.context())


def test_a_model_writes_the_training_data(lab: AlignmentLab, server: ModelServer) -> None:
    job = lab.job(LEAVE, TRAVEL)
    work(lab)
    assert lab.answers(job) == [LEAVE.partition("\n\n")[2].strip(), TRAVEL.partition("\n\n")[2].strip()]
    assert {line["metadata"]["kind"] for line in lab.lines(job)} == {"model"}
    made = lab.summary(job)
    assert (made.requests, made.input_tokens, made.output_tokens, made.refused) == (2, 200, 40, 0)
    assert lab.find(job).model == MODEL
    assert all("Ask short questions." in asked.text and "You are exact." in asked.text for asked in server.asked)


def test_where_no_pair_stands_the_check_the_job_fails_and_says_so(lab: AlignmentLab, server: ModelServer) -> None:
    server.behave(server_of.giving({"question": "How many days?", "answer": "There are 99 days.", "quote": "99 days"}))
    job = lab.job(LEAVE)
    work(lab)
    found = lab.find(job)
    assert (str(found.status), lab.summary(job).refused) == ("failed", 1)
    assert "stood the check against the text" in (found.error_message or "")


def test_a_wrong_key_ends_the_job_with_what_to_do(
    lab: AlignmentLab, server: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.behave(server_of.refusing(401, f"Incorrect API key provided: {KEY}"))
    job = lab.job(LEAVE, TRAVEL)
    with caplog.at_level(logging.DEBUG):
        work(lab)
    found = lab.find(job)
    assert (str(found.status), found.error_message) == ("failed", "The language model refused the key.")
    assert "LLM_API_KEY" in (found.suggested_fix or "")
    assert KEY not in caplog.text + str(lab.messages(job))


def test_a_model_that_is_busy_is_waited_for(lab: AlignmentLab, server: ModelServer) -> None:
    server.behave(server_of.refusing(429, retry_after="600"), server_of.good)
    job = lab.job(LEAVE)
    work(lab)
    assert (lab.status(job), len(server.asked)) == ("running", 1)
    lab.end_pauses()
    work(lab)
    assert (lab.status(job), len(lab.answers(job))) == ("completed", 1)


def test_cancelling_ends_the_request_that_is_under_way(lab: AlignmentLab, server: ModelServer) -> None:
    server.behave(server_of.never)
    job = lab.job(LEAVE)
    cancelled_at: list[float] = []

    def cancel() -> None:
        server.came.wait(10)
        with lab.elsewhere():
            operations.cancel(job, actor=lab.user)
        cancelled_at.append(time.monotonic())

    other = threading.Thread(target=cancel)
    other.start()
    work(lab)
    ended_at = time.monotonic()
    other.join()
    assert ended_at - cancelled_at[0] < 2
    assert server.left.wait(2)
    assert lab.status(job) == "cancelled"
