"""Rows whose key was seen before in the same source, found while staging.

Such rows go to a later wave of chunks, which waits for all earlier ones and takes its rows in order. So chunks
of one wave are independent of each other, and the outcome is that of reading the file from top to bottom,
whichever worker is first.

Keys are remembered as 64-bit hashes: 8 bytes a row. Two keys with the same hash cost nothing but a row that is
put off though it need not be: what happens to it is decided by its real key.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from portal.runs.engine.frames import ROW

Hashes = npt.NDArray[np.uint64]
_MERGE_FROM = 1 << 16


class SeenKeys:
    """The keys seen so far, as sorted runs of hashes whose sizes at least halve: few look-ups, few merges."""

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def first_seen(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Mask of the rows whose key comes for the first time; remembers them."""
        ordered = np.sort(hashes)
        if self._are_new(ordered):  # by far the most frequent case, and twice as fast to find out
            self._remember(ordered)
            return np.ones(len(hashes), dtype=np.bool_)
        first = np.zeros(len(hashes), dtype=np.bool_)
        unique, positions = np.unique(hashes, return_index=True)
        first[positions] = True
        for run in self._runs:
            first[positions[_found(run, unique)]] = False
        self._remember(np.sort(hashes[first]))
        return first

    def _are_new(self, ordered: Hashes) -> bool:
        return not (ordered[1:] == ordered[:-1]).any() and not any(_found(run, ordered).any() for run in self._runs)

    def _remember(self, run: Hashes) -> None:
        if not len(run):
            return
        while self._runs and (len(self._runs[-1]) <= 2 * len(run) or len(run) < _MERGE_FROM):
            run = np.sort(np.concatenate([self._runs.pop(), run]))
        self._runs.append(run)


def _found(run: Hashes, ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Mask of those of `ordered` that are in `run`, both sorted."""
    places = np.searchsorted(run, ordered).clip(max=len(run) - 1)
    found: npt.NDArray[np.bool_] = run[places] == ordered
    return found


def part_repeats(frame: pl.DataFrame, keys: pl.DataFrame, seen: SeenKeys) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part `frame` into rows whose key is new and rows whose key came before.

    `keys` has the typed key columns, row for row beside `frame`. A row without a whole key counts as new: it
    fails by itself.
    """
    whole = keys.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
    hashes = keys.filter(whole).hash_rows().to_numpy()
    first = seen.first_seen(hashes)
    if first.all():
        return frame, frame.clear()
    repeated = frame.filter(whole)[ROW].filter(pl.Series(~first))
    put_off = pl.col(ROW).is_in(repeated.implode())
    return frame.filter(~put_off), frame.filter(put_off)
