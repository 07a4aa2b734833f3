"""The download of failed rows, corrected and uploaded again: as a new run, or as the correction of the old one."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.errors import BadInput, NothingToDo, WrongState
from portal.lifecycle import RunStatus
from portal.runs import operations
from tests.support.lab import SOMEONE, Lab, counts

GOODS = '\ufeffcolour,sku,name,price\n=1+1,A,apple,x\nred,B,berry,2\n-3,C,,y\n"\t\'=x",D,@date,-1\n'


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def as_csv(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def corrected(lab: Lab, run_id: int, **cells: str) -> str:
    """The download with these cells in every row."""
    return as_csv([row | cells for row in table(lab.download(run_id))])


@pytest.fixture
def parent(lab: Lab) -> int:
    run = lab.run("goods", GOODS)
    assert counts(run) == (4, 1, 3, 0)
    return run.id


def test_the_download_has_the_original_columns_and_what_was_wrong(lab: Lab, parent: int) -> None:
    text = lab.download(parent)
    assert text.startswith("\ufeffcolour,sku,name,price,_error_message,_row_number\r\n")
    assert [(row["_row_number"], row["_error_message"]) for row in table(text)] == [
        ("1", "The price field must be a whole number. (x)"),
        ("3", "The name field is required. The price field must be a whole number. (y)"),
        ("4", "The price field must be at least 0. (-1)"),
    ]


def test_cells_that_would_run_as_formulas_are_guarded(lab: Lab, parent: int) -> None:
    first, second, third = table(lab.download(parent))
    assert first["colour"] == "'=1+1"
    assert (second["colour"], third["price"]) == ("-3", "-1"), "plain numbers stay as they are"
    assert (third["colour"], third["name"]) == ("'\t'=x", "'@date")


def test_the_corrected_download_can_be_uploaded_as_it_is(lab: Lab, parent: int) -> None:
    run = lab.run("goods", corrected(lab, parent, price="5", name="'@new"))
    assert (run.status, counts(run), run.headers) == (
        RunStatus.COMPLETED,
        (3, 3, 0, 0),
        ["colour", "sku", "name", "price"],
    )
    assert lab.rows("SELECT name, price FROM goods WHERE sku = 'D'") == [("@new", 5)]
    assert lab.find(parent).open_failures == 3, "it is a run of its own"


def test_as_a_correction_it_settles_the_parents_rows(lab: Lab, parent: int) -> None:
    rows = table(corrected(lab, parent, price="5"))
    run = lab.correct(parent, as_csv(rows[::-1]))
    assert run.retried_from_run_id == parent
    assert list(lab.failed_rows(run.id)) == [3], "rows keep the numbers that they had"
    assert list(lab.failed_rows(parent)) == [3]
    assert lab.find(parent).open_failures == 1


def test_what_is_uploaded_unchanged_fails_in_the_same_way(lab: Lab, parent: int) -> None:
    run = lab.correct(parent, lab.download(parent))
    assert lab.failed_rows(run.id) == lab.failed_rows(parent)
    assert lab.download(run.id) == lab.download(parent)


def test_a_chain_of_corrections_and_retries_settles_the_right_rows(lab: Lab, parent: int) -> None:
    rows = table(corrected(lab, parent, price="x"))
    second = lab.correct(parent, as_csv(rows[1:]))  # numbers 3 and 4, on lines 1 and 2
    assert list(lab.failed_rows(second.id)) == [3, 4]
    third = lab.correct(second.id, corrected(lab, second.id, price="5"))
    assert list(lab.failed_rows(third.id)) == [3]
    assert [list(lab.failed_rows(run_id)) for run_id in (parent, second.id)] == [[1, 3], [3]]
    lab.write("""UPDATE ingest_rows SET cells = '["", "C", "cherry", "3"]' WHERE row_number = 3""")
    assert lab.retry(third.id).status == RunStatus.COMPLETED
    assert [list(lab.failed_rows(run_id)) for run_id in (parent, second.id, third.id)] == [[1], [], []]


def test_rows_that_were_added_get_numbers_that_are_free(lab: Lab, parent: int) -> None:
    rows = table(corrected(lab, parent, price="x"))
    rows += [rows[0], rows[0] | {"_row_number": ""}, rows[0] | {"_row_number": "999"}, rows[0] | {"_row_number": "-1"}]
    run = lab.correct(parent, as_csv(rows))
    assert list(lab.failed_rows(run.id)) == [1, 3, 4, 5, 6, 7, 8]
    assert counts(run) == (7, 0, 7, 0)
    again = lab.correct(run.id, corrected(lab, run.id, price="5", name="fine"))
    assert counts(again) == (7, 7, 0, 0)
    assert [lab.find(run_id).open_failures for run_id in (parent, run.id)] == [0, 0]


def test_malformed_lines_of_a_correction_are_rows_of_their_own(lab: Lab, parent: int) -> None:
    header, first, *_ = lab.download(parent).splitlines()
    run = lab.correct(parent, f"{header}\n{first}\nstray,line\n")
    assert list(lab.failed_rows(run.id)) == [1, 5]
    assert lab.find(parent).open_failures == 3


def test_without_its_notes_a_file_is_no_correction(lab: Lab, parent: int) -> None:
    """The lines of a file say nothing about which failed row they correct."""
    with pytest.raises(BadInput, match="_error_message and _row_number"):
        lab.correct(parent, "colour,sku,name,price\nred,C,cherry,3\n")


def test_corrections_are_refused_as_retries_are(lab: Lab, parent: int) -> None:
    download = lab.download(parent)
    operations.correct_run(parent, lab.keep(download), actor=SOMEONE)
    with pytest.raises(WrongState):
        lab.correct(parent, download)
    with pytest.raises(WrongState):
        lab.begin_retry(parent)
    lab.drain()
    fine = lab.run("goods", "sku,name\nA,apple\n")
    with pytest.raises(NothingToDo):
        lab.correct(fine.id, download)


def test_a_dry_correction_settles_nothing(lab: Lab, parent: int) -> None:
    run = lab.correct(parent, corrected(lab, parent, price="5"), dry_run=True)
    assert counts(run) == (3, 2, 1, 0)
    assert lab.find(parent).open_failures == 3


def test_headers_that_are_formulas_are_guarded_too(lab: Lab) -> None:
    run = lab.run("goods", "=cmd,sku,name\n1,A,\n")
    assert lab.download(run.id).startswith("\ufeff'=cmd,sku,name,")
    again = lab.correct(run.id, corrected(lab, run.id, name="apple"))
    assert (again.headers, again.status) == (["=cmd", "sku", "name"], RunStatus.COMPLETED)


anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text("='+-@\t\r\n\",;0 ", max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(anything, min_size=1, max_size=6))
def test_any_cell_comes_back_as_it_was(lab: Lab, cells) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [("other", "body"), *((cell, "wrong!") for cell in cells)]
    )
    run = lab.run("notes", text.getvalue())
    again = lab.run("notes", lab.download(run.id))
    query = "SELECT cells FROM ingest_rows WHERE run_id = :id ORDER BY row_number"
    assert run.failed == len(cells)
    assert lab.rows(query, id=again.id) == lab.rows(query, id=run.id)
