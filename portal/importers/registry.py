"""The registry: which importers there are. Samples first, then those that `PORTAL_IMPORTERS` names."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from portal.importers.importer import Definition, Importer

SAMPLES = "portal.importers.samples"


def load_importers(names: tuple[str, ...]) -> dict[str, Definition]:
    """All importers of the samples and of `names`, by slug in order of their definition.

    Each of `names` is a module ("shop.importers") or a file ("importers/shop.py"). A slug that comes again
    replaces the earlier one, so that a portal can have its own `flights`.

    Raises ValueError when one can't be loaded, with its name and the reason.
    """
    found: dict[str, Definition] = {}
    for name in (SAMPLES, *names):
        module = _load(name)
        definitions = [value.definition for value in vars(module).values() if _is_importer(value)]
        if not definitions:
            raise ValueError(f"PORTAL_IMPORTERS: {name} has no importers.")
        found |= {definition.slug: definition for definition in definitions}
    return found


def _is_importer(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Importer) and value is not Importer


def _load(name: str) -> ModuleType:
    try:
        return _load_file(Path(name)) if name.endswith(".py") else importlib.import_module(name)
    except Exception as error:  # whatever the user's own code raises
        raise ValueError(f"PORTAL_IMPORTERS: {name} can't be loaded: {error}") from error


def _load_file(path: Path) -> ModuleType:
    name = f"portal_importers_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
