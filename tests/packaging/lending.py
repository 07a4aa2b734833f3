"""What a distribution asks for, put beside it from the environment of the tests."""

from __future__ import annotations

from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement


def lend_what_is_asked_for(name: str, packages: Path) -> None:
    """Link all that the distribution `name`, which is installed in the folder `packages`, asks for into that folder:
    what its description names, what that asks for in turn, and nothing else."""
    (installed,) = (found for found in distributions(path=[str(packages)]) if found.name == name)
    asked_for: dict[str, Distribution] = {}
    for wanted in _requirements(installed, set()):
        _follow(wanted, asked_for)
    for lent in {found.name: found for found in asked_for.values()}.values():
        _link(lent, packages)


def _follow(wanted: Requirement, known: dict[str, Distribution]) -> None:
    asked = f"{wanted.name}[{','.join(sorted(wanted.extras))}]"
    if asked not in known:
        known[asked] = distribution(wanted.name)
        for further in _requirements(known[asked], wanted.extras):
            _follow(further, known)


def _requirements(asking: Distribution, extras: set[str]) -> list[Requirement]:
    """What it asks for here, with the `extras` that are wanted of it."""
    all_of_them = [Requirement(line) for line in asking.requires or ()]
    return [
        wanted
        for wanted in all_of_them
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in {"", *extras})
    ]


def _link(lent: Distribution, packages: Path) -> None:
    for file in lent.files or ():
        if ".." not in file.parts:  # its programs, which name the environment that they were installed in
            place = packages / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(Path(str(file.locate())).absolute())
