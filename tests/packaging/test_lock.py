"""requirements.lock: what `make setup` installs is what pyproject.toml asks for, and any machine can install it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
DESCRIPTION = tomllib.loads((ROOT / "pyproject.toml").read_text())

ENTRIES = re.findall(r"^(\S.*?)(?: \\)?\n((?:    --hash=.*\n)*)", LOCK.replace("\r", ""), re.MULTILINE)
PINS = {
    canonicalize_name(pin.name): pin for pin in (Requirement(text) for text, _ in ENTRIES if not text.startswith("#"))
}
ASKED_FOR = [
    *DESCRIPTION["project"]["dependencies"],
    *DESCRIPTION["project"]["optional-dependencies"]["test"],
    *DESCRIPTION["build-system"]["requires"],
]


def version(pin: Requirement) -> str:
    (exact,) = pin.specifier
    assert exact.operator == "==", f"{pin} leaves open which release is installed"
    return exact.version


@pytest.mark.parametrize("text", ASKED_FOR)
def test_it_holds_a_release_inside_the_bounds(text: str) -> None:
    wanted = Requirement(text)
    pin = PINS[canonicalize_name(wanted.name)]
    assert wanted.specifier.contains(version(pin)), f"{pin} is outside {wanted}: `make lock` renews the lock"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_nothing_is_left_out_where_the_portal_runs(python: str, machine: str) -> None:
    place = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
    }
    for text in ASKED_FOR:
        pin = PINS[canonicalize_name(Requirement(text).name)]
        assert pin.marker is None or pin.marker.evaluate(place), f"{pin} isn't installed there"


def test_every_release_has_its_hashes() -> None:
    assert PINS
    assert [text for text, hashes in ENTRIES if not text.startswith("#") and not hashes] == []


def test_it_names_no_host_and_no_place_on_a_disk() -> None:
    assert re.findall(r"^.*(?://|\s@\s|^-|\s/|index-url|find-links).*$", LOCK, re.MULTILINE) == []
