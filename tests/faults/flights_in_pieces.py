"""The sample importer of flights, with chunks so small that a part of the file has as many as the whole otherwise."""

from __future__ import annotations

from portal.importers import samples


class FlightsInPieces(
    samples.Flights,
    table="flights",
    key=["time_hour", "carrier", "flight", "origin"],
    on_duplicate="update",
    null_values=["NA"],
    chunk_rows=5_000,
):
    """Flights, one row for each departure."""
