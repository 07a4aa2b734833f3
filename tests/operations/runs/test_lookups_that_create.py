"""Look-ups that add what they don't find, and look-ups that give an id in place of the value."""

from __future__ import annotations

import random
from threading import Thread

import pytest

from portal.lifecycle import RunStatus
from portal.runs.engine import processing, staging
from tests.support.lab import Lab, counts

CARRIERS = "SELECT code, name, source FROM carriers ORDER BY code"
LEGS = (
    "SELECT carriers.code, legs.number, cities.name FROM legs JOIN carriers ON carriers.id = carrier_id"
    " LEFT JOIN cities ON cities.id = city_id ORDER BY carriers.code, legs.number"
)


def test_values_that_are_missing_are_added_with_what_the_row_says(related_lab: Lab) -> None:
    related_lab.write("INSERT INTO carriers (code, name) VALUES ('KL', 'KLM')")
    rows = "number,carrier,carrier_name,seats\n1,KL,,9\n2,LH,Lufthansa,9\n3,LH,Other,9\n4,,,9\n5,AF,,9\nbad,XX,,x\n"
    run = related_lab.run("trips", rows)
    assert (run.status, counts(run)) == (RunStatus.COMPLETED_WITH_ERRORS, (6, 5, 1, 0))
    assert related_lab.rows(CARRIERS) == [("AF", None, "file"), ("KL", "KLM", None), ("LH", "Lufthansa", "file")]
    assert related_lab.rows("SELECT number, carrier FROM trips ORDER BY number") == [
        ("1", "KL"),
        ("2", "LH"),
        ("3", "LH"),
        ("4", None),
        ("5", "AF"),
    ]


def test_a_dry_run_adds_nothing_and_tells_the_same(related_lab: Lab) -> None:
    rows = "number,carrier,seats\n" + "".join(f"{number},C{number % 7},{number % 5}\n" for number in range(12))
    rehearsed = related_lab.run("trips", rows, dry_run=True)
    assert (related_lab.rows(CARRIERS), related_lab.rows("SELECT * FROM trips")) == ([], [])
    run = related_lab.run("trips", rows)
    assert counts(rehearsed) == counts(run) == (12, 9, 3, 0)
    assert related_lab.failed_rows(rehearsed.id) == related_lab.failed_rows(run.id)


@pytest.mark.parametrize("constraint", ["unique", "none"])
@pytest.mark.parametrize("seed", range(2))
def test_no_value_is_added_twice_whatever_the_order_of_chunks(related_lab: Lab, constraint: str, seed: int) -> None:
    slug, table = {"unique": ("trips", "carriers"), "none": ("legs", "cities")}[constraint]
    related_lab.write("INSERT INTO carriers (code) VALUES ('KL')")
    header = "number,carrier,seats\n" if slug == "trips" else "number,city,carrier\n"
    last = "1" if slug == "trips" else "KL"
    related_lab.start(slug, header + "".join(f"{number},N{number % 5},{last}\n" for number in range(40)))
    related_lab.drain(random.Random(seed))
    named = "code" if slug == "trips" else "name"
    assert related_lab.rows(f"SELECT {named} FROM {table} WHERE {named} LIKE 'N%' ORDER BY {named}") == [
        (f"N{number}",) for number in range(5)
    ]


def test_no_value_is_added_twice_by_workers_at_the_same_time(related_lab: Lab) -> None:
    """No constraint of `cities` forbids it."""
    related_lab.write("INSERT INTO carriers (code) VALUES ('KL')")
    rows = "number,city,carrier\n" + "".join(f"{number},N{number % 3},KL\n" for number in range(32))
    run_id = related_lab.start("legs", rows)
    staging.stage_run(related_lab.context(), run_id)
    chunk_ids = related_lab.chunk_ids(run_id)

    def work(worker: str, mine: list[int]) -> None:
        with related_lab.elsewhere():
            for chunk_id in mine:
                processing.process_chunk(related_lab.context(worker), chunk_id, in_a_row=1)

    threads = [Thread(target=work, args=(str(number), chunk_ids[number::4])) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    related_lab.drain()
    assert counts(related_lab.find(run_id)) == (32, 32, 0, 0)
    assert related_lab.rows("SELECT name FROM cities ORDER BY name") == [("N0",), ("N1",), ("N2",)]


def test_ids_are_written_in_place_of_what_the_file_says(related_lab: Lab) -> None:
    related_lab.write("INSERT INTO carriers (id, code) VALUES (71, 'KL'), (72, 'LH')")
    related_lab.write("INSERT INTO cities (id, name) VALUES (81, 'Bern'), (82, 'Bern'), (83, 'Ulm')")
    run = related_lab.run("legs", "carrier,number,city\nKL,1,Bern\nLH,1,Oslo\nKL,1,Ulm\nXX,1,Ulm\nKL,2,\nLH,2,Oslo\n")
    assert counts(run) == (6, 5, 1, 0)
    assert related_lab.failed_rows(run.id) == {4: "The carrier_id field must be found in carriers. (XX)"}
    assert related_lab.rows(LEGS) == [("KL", 1, "Ulm"), ("KL", 2, None), ("LH", 1, "Oslo"), ("LH", 2, "Oslo")]
    assert related_lab.rows("SELECT count(*) FROM cities WHERE name = 'Oslo'") == [(1,)]
    again = related_lab.run("legs", "carrier,number,city\nKL,1,Bern\n")
    assert counts(again) == (1, 1, 0, 0)
    assert related_lab.rows("SELECT city_id FROM legs WHERE carrier_id = 71 AND number = 1") == [(81,)]


def test_what_the_table_refuses_to_take_fails_the_rows_that_need_it(related_lab: Lab) -> None:
    related_lab.write("INSERT INTO carriers (code) VALUES ('KL')")
    rows = "KL,1,far too long\nKL,2,Oslo\nKL,3,much too long\nKL,4,far too long\nKL,5,\nKL,6,Bern\n"
    run = related_lab.run("legs", "carrier,number,city\n" + rows)
    assert counts(run) == (6, 3, 3, 0)
    rule = "length(name) < 9" if related_lab.database == "sqlite" else "cities_name_check"
    message = f"The city_id field can't be added to cities: The table's rule {rule} doesn't allow this row."
    assert related_lab.failed_rows(run.id) == {
        1: f"{message} (far too long)",
        3: f"{message} (much too long)",
        4: f"{message} (far too long)",
    }
    (group,) = related_lab.groups(run.id)
    assert (group.field, group.count, group.values) == ("city_id", 3, [["far too long", 2], ["much too long", 1]])
    assert related_lab.rows("SELECT name FROM cities ORDER BY name") == [("Bern",), ("Oslo",)]


def test_rows_that_failed_for_a_look_up_can_be_retried(related_lab: Lab) -> None:
    run = related_lab.run("legs", "carrier,number,city\nKL,1,Oslo\n")
    assert counts(run) == (1, 0, 1, 0)
    related_lab.write("INSERT INTO carriers (code) VALUES ('KL')")
    assert related_lab.retry(run.id).status == RunStatus.COMPLETED
    assert related_lab.rows(LEGS) == [("KL", 1, "Oslo")]


def test_what_others_removed_meanwhile_fails_the_row(related_lab: Lab) -> None:
    related_lab.write("INSERT INTO carriers (code) VALUES ('KL')")
    run_id = related_lab.start("legs", "carrier,number\nKL,1\n")
    related_lab.write("DELETE FROM carriers")
    related_lab.drain()
    assert related_lab.failed_rows(run_id) == {1: "The carrier_id field must be found in carriers. (KL)"}


def test_a_text_with_nul_is_added_only_where_that_can_be_kept(related_lab: Lab) -> None:
    run = related_lab.run("trips", "number,carrier,seats\n1,A\0B,1\n2,C,1\n")
    kept = related_lab.database == "sqlite"
    assert counts(run) == ((2, 2, 0, 0) if kept else (2, 1, 1, 0))
    assert len(related_lab.rows(CARRIERS)) == (2 if kept else 1)
