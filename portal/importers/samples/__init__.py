"""Sample importers: the flights that left New York City in 2013, with what they refer to.

The data are those of the R package nycflights13 (CC0), from the US Bureau of Transportation Statistics, the
FAA and NOAA.
"""

from __future__ import annotations

from importlib.resources import files

from portal.importers import DateTime, Importer, Integer, Lookup, Number, Text

_data = files(__name__) / "data"


class Airlines(Importer, table="airlines", key="carrier", on_duplicate="update", sample=str(_data / "airlines.csv")):
    """Airlines by their two-character code."""

    carrier = Text(required=True, pattern=r"[0-9A-Z]{2}", aliases=["code", "iata"], example="UA")
    name = Text(required=True, aliases=["airline"], example="United Air Lines Inc.")


class Airports(
    Importer,
    table="airports",
    key="faa",
    on_duplicate="update",
    null_values=["NA", r"\N"],
    sample=str(_data / "airports.csv"),
):
    """Airports by their FAA code, with where they are."""

    faa = Text(required=True, pattern=r"[0-9A-Z]{3,4}", aliases=["code"], example="EWR")
    name = Text(required=True, aliases=["airport"], example="Newark Liberty Intl")
    lat = Number(required=True, minimum=-90, maximum=90, aliases=["latitude"], example="40.6925")
    lon = Number(required=True, minimum=-180, maximum=180, aliases=["lng", "longitude"], example="-74.168667")
    alt = Integer(aliases=["altitude"], description="Altitude in feet", example="18")
    tz = Number(description="Hours from UTC", example="-5")
    dst = Text(maximum=1, description="Daylight saving scheme", example="A")
    tzone = Text(aliases=["time zone"], example="America/New_York")


class Planes(
    Importer,
    table="planes",
    key="tailnum",
    on_duplicate="update",
    null_values=["NA"],
    sample=str(_data / "planes.csv"),
):
    """Planes by their tail number."""

    tailnum = Text(required=True, aliases=["tail number", "registration"], example="N14228")
    year = Integer(minimum=1900, maximum=2100, description="Year of manufacture", example="1999")
    type = Text(example="Fixed wing multi engine")
    manufacturer = Text(aliases=["maker"], example="BOEING")
    model = Text(example="737-824")
    engines = Integer(minimum=1, maximum=12, example="2")
    seats = Integer(minimum=1, maximum=1000, example="149")
    speed = Integer(minimum=0, description="Average cruising speed in mph", example="432")
    engine = Text(example="Turbo-fan")


class Flights(
    Importer,
    table="flights",
    key=["time_hour", "carrier", "flight", "origin"],
    on_duplicate="update",
    null_values=["NA"],
):
    """Flights, one row for each departure. Import airlines, airports and planes first."""

    year = Integer(required=True, minimum=1900, maximum=2100, example="2013")
    month = Integer(required=True, minimum=1, maximum=12, example="1")
    day = Integer(required=True, minimum=1, maximum=31, example="1")
    dep_time = Integer(minimum=0, maximum=2400, description="Departure, local time as HHMM", example="517")
    sched_dep_time = Integer(minimum=0, maximum=2400, example="515")
    dep_delay = Integer(description="Minutes, negative when early", example="2")
    arr_time = Integer(minimum=0, maximum=2400, example="830")
    sched_arr_time = Integer(minimum=0, maximum=2400, example="819")
    arr_delay = Integer(example="11")
    carrier = Text(required=True, lookup=Lookup("airlines"), example="UA")
    flight = Integer(required=True, aliases=["flight number"], example="1545")
    tailnum = Text(lookup=Lookup("planes"), example="N14228")
    origin = Text(required=True, lookup=Lookup("airports", "faa"), aliases=["from"], example="EWR")
    dest = Text(required=True, lookup=Lookup("airports", "faa"), aliases=["to"], example="IAH")
    air_time = Integer(minimum=0, description="Minutes", example="227")
    distance = Integer(minimum=0, description="Miles", example="1400")
    hour = Integer(minimum=0, maximum=24, example="5")
    minute = Integer(minimum=0, maximum=59, example="15")
    time_hour = DateTime(required=True, description="Scheduled departure to the hour", example="2013-01-01T10:00:00Z")
