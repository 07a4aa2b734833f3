"""Suggesting a system prompt: by the language model where one is configured, else without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from config import LanguageModel
from portal.alignment.generating.choosing import asker
from portal.alignment.generating.model import suggest_prompt as suggest_by_model
from portal.alignment.generating.pairs import GenerationFailed
from portal.alignment.operations.prompts import MAX_TEXT, Suggestion, suggest_prompt
from portal.errors import BadInput
from tests.support import model_server as server_of
from tests.support.model_server import KEY, MODEL, ModelServer, model_server

DATABASES = ("sqlite",)  # nothing is kept
SUMMARY = "A handbook for the staff of Northwind: leave, sickness, travel."


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as made:
        yield made


@pytest.fixture
def with_model(make_app: Any, server: ModelServer) -> Iterator[Flask]:
    app = make_app(language_model=LanguageModel(server.url, MODEL, KEY))
    with app.app_context():
        yield app


def by_model(server: ModelServer, *about: str, **limits: float) -> str:
    return suggest_by_model(asker(LanguageModel(server.url, MODEL, KEY)), *about, **limits)


def test_the_model_writes_it(with_model: Flask, server: ModelServer) -> None:
    wanted = Suggestion("You answer questions about the staff handbook.")
    assert suggest_prompt("Help new employees.", SUMMARY) == wanted
    assert "Help new employees." in server.asked[0].text
    assert SUMMARY in server.asked[0].text
    assert "response_format" not in server.asked[0].json


def test_marks_around_it_are_taken_off(server: ModelServer) -> None:
    server.behave(server_of.saying('<think>Hm.</think>\n```text\n"You help.\nYou are brief."\n```'))
    assert by_model(server, "", SUMMARY) == "You help.\nYou are brief."


@pytest.mark.parametrize("said", ["", None, "a" * 9000, "You\0 help."])
def test_what_is_no_prompt_is_refused(server: ModelServer, said: str | None) -> None:
    server.behave(server_of.saying(said))
    with pytest.raises(GenerationFailed, match="something that is no system prompt") as raised:
        by_model(server, "Help.")
    assert "write one yourself" in raised.value.fix


def test_where_the_model_fails_it_is_made_without_and_says_so(with_model: Flask, server: ModelServer) -> None:
    server.behave(server_of.refusing(401, f"Incorrect API key {KEY}"))
    suggested = suggest_prompt("Help new employees with leave.")
    assert suggested.note == "The language model refused the key. So this was put together without it."
    assert "new employees" in suggested.system_prompt


def test_nobody_waits_long_for_it(server: ModelServer) -> None:
    server.behave(server_of.never)
    with pytest.raises(GenerationFailed, match=r"wrote no system prompt within 0\.05 seconds") as raised:
        by_model(server, "Help.", seconds=0.05)
    assert raised.value.passes
    assert server.left.wait(2)


@pytest.mark.parametrize(
    ("instructions", "summary", "field"),
    [
        ("", None, "instructions"),
        (" ", "\n", "instructions"),
        ("a" * (MAX_TEXT + 1), None, "instructions"),
        ("Help.", "a" * (MAX_TEXT + 1), "document_summary"),
    ],
)
def test_bad_input_is_named(instructions: str, summary: str | None, field: str) -> None:
    with pytest.raises(BadInput) as raised:
        suggest_prompt(instructions, summary)
    assert list(raised.value.errors) == [field]


def test_without_a_model_it_is_made_from_what_is_given(make_app: Any) -> None:
    with make_app().app_context():
        assert "leave" in suggest_prompt("Answer questions about annual leave.", SUMMARY).system_prompt
