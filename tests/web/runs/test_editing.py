"""Editing and retrying rows by pages, with htmx and without scripts: what is shown, kept and refused."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.runs.editing import edit_row
from tests.support.lab import SOMEONE, Lab

GOODS = "sku,name,price,colour\nA,apple,1,red\nB,,2,\nc,cherry,x,<b>\nD,date,y,\n"
"""Rows 2, 3 and 4 fail: the third in two cells."""

HTMX = {"HX-Request": "true"}


def start(lab: Lab, content: str = GOODS, slug: str = "goods", **options: bool) -> int:
    run_id = lab.run(slug, content, **options).id
    lab.write("UPDATE ingest_runs SET user_id = (SELECT min(id) FROM users) WHERE id = :id", id=run_id)
    return run_id


@pytest.fixture
def operator(sign_in) -> FlaskClient:
    """Who began the run: the first account."""
    return sign_in("operator")


@pytest.fixture
def run(operator, bench) -> int:
    with bench() as lab:
        return start(lab)


def address(run: int, number: int, action: str = "", group: str = "price.type") -> str:
    return f"/runs/{run}/rows/{number}" + (f"/{action}?group={group}" if action else "")


def values_of(page: str) -> dict[str, str]:
    """What the form of a row would send."""
    inputs = re.findall(r'<input[^>]*name="(version|cell-\d+|csrf_token)"(?: value="([^"]*)")?', page)
    areas = re.findall(r'<textarea[^>]*name="(cell-\d+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    return {name: unescape(value) for name, value in [*inputs, *areas]}


def save(browser: FlaskClient, run: int, number: int, form: dict[str, str], **cells: str) -> TestResponse:
    """Send the form as htmx does; `c2="3"` is what is typed into the third cell."""
    typed = {name.replace("c", "cell-"): text for name, text in cells.items()}
    return browser.post(address(run, number, "edit"), data={**form, **typed}, headers=HTMX)


def opened(browser: FlaskClient, run: int, number: int) -> dict[str, str]:
    return values_of(browser.get(address(run, number, "edit"), headers=HTMX).text)


def retried(browser: FlaskClient, run: int, **values: object) -> TestResponse:
    token = values_of(browser.get(f"/runs/{run}/groups/price.type").text)["csrf_token"]
    return browser.post(f"/runs/{run}/retry", data={"csrf_token": token, **values})


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page))).strip()


def test_rows_of_a_group_can_be_edited_and_chosen(operator, run) -> None:
    page = operator.get(f"/runs/{run}/groups/price.type").text
    assert f'href="/runs/{run}/rows/3#edit"' in page
    assert f'hx-get="/runs/{run}/rows/3/edit?group=price.type"' in page
    assert 'name="rows" value="4" form="choose-' in page
    assert "Retry these 2 rows" in page


def test_the_form_has_the_failed_cells_first_and_marks_them(operator, run) -> None:
    answer = operator.get(address(run, 3, "edit"), headers=HTMX)
    assert answer.status_code == 200
    assert re.findall(r'name="(cell-\d)"', answer.text) == ["cell-0", "cell-2", "cell-1", "cell-3"]
    assert answer.text.count('aria-invalid="true"') == 2
    assert re.search(r'name="cell-0"[^>]* autofocus', answer.text), "the first bad one"
    assert answer.text.count("autofocus") == 1
    assert "The price field must be a whole number." in answer.text
    assert values_of(answer.text)["cell-3"] == "<b>"


def test_what_is_saved_and_passes_waits_to_be_retried(operator, run, bench) -> None:
    answer = save(operator, run, 4, opened(operator, run, 4), c2="4")
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (200, "outerHTML")
    assert re.fullmatch(r"#row-\d+-4", answer.headers["HX-Retarget"])
    assert "Passes every rule now. Retry it to bring it in." in text_of(answer.text)
    assert "edited just now" in text_of(answer.text)
    assert "cell-bad" not in answer.text
    again = operator.get(f"/runs/{run}/groups/price.type").text
    assert "Passes every rule now." in again
    assert again.count("cell-bad") == 2, "those of row 3"
    assert retried(operator, run, rows="4").status_code == 302
    with bench() as lab:
        lab.drain()
        assert lab.rows("SELECT price FROM goods WHERE sku = 'D'") == [(4,)]
    assert "brought in by run" in operator.get(f"/runs/{run}/groups/price.type").text


def test_what_is_saved_and_still_fails_stays_in_the_form(operator, run, bench) -> None:
    answer = save(operator, run, 3, opened(operator, run, 3), c0="C", c2="y")
    assert "Row 3 is saved, and still fails" in text_of(answer.text)
    assert re.findall(r'name="(cell-\d)"', answer.text)[0] == "cell-2"
    assert answer.text.count('aria-invalid="true"') == 1
    assert values_of(answer.text)["cell-2"] == "y"
    with bench() as lab:
        assert lab.rows("SELECT cells FROM ingest_rows WHERE row_number = 3") == [('["C", "cherry", "y", "<b>"]',)]


def test_typing_is_checked_and_keeps_nothing(operator, run, bench) -> None:
    form = opened(operator, run, 4)
    for typed, said in (("5", "Would pass every rule."), ("z", "Would still fail: The price field must be a whole")):
        answer = operator.post(address(run, 4, "check"), data=form | {"cell-2": typed}, headers=HTMX)
        assert said in text_of(answer.text)
    long = operator.post(address(run, 4, "check"), data=form | {"cell-2": "9" * 100_001}, headers=HTMX)
    assert "Write at most 100,000 characters." in long.text
    with bench() as lab:
        assert "Row Edited" not in lab.events(run)


def test_cancelling_gives_the_row_back(operator, run) -> None:
    answer = operator.get(address(run, 3, "line"), headers=HTMX)
    assert "autofocus>" in answer.text, "on the link that opened the form"
    assert answer.text.count("cell-bad") == 2


def test_the_second_person_sees_both_and_takes_one(operator, run, bench) -> None:
    form = opened(operator, run, 3)
    with bench():
        edit_row(run, 3, {"price": "7", "name": "cherries"}, actor=SOMEONE)
    answer = save(operator, run, 3, form, c2="8")
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"].endswith("-3")
    text = text_of(answer.text)
    assert "someone@example.com changed this row just now." in text
    assert "price “x” → “7”" in text
    assert "It is “ 7 ” now." in text
    assert "Take theirs" in text
    mine = values_of(answer.text)
    assert (mine["cell-1"], mine["cell-2"]) == ("cherries", "8"), "the cell that they left is as the first has made it"
    assert mine["version"] != form["version"]
    assert "Save mine over it" in text
    assert save(operator, run, 3, mine).status_code == 200
    with bench() as lab:
        assert lab.rows("SELECT cells FROM ingest_rows WHERE row_number = 3") == [('["c", "cherries", "8", "<b>"]',)]


def test_cells_that_can_not_be_kept_come_back_with_the_reason(operator, run) -> None:
    answer = save(operator, run, 3, opened(operator, run, 3), c1="9" * 100_001)
    assert answer.status_code == 422
    assert "Write at most 100,000 characters." in answer.text


def test_a_row_that_was_brought_in_meanwhile_says_so_in_its_place(operator, run, bench) -> None:
    form = opened(operator, run, 4)
    with bench() as lab:
        edit_row(run, 4, {"price": "4"}, actor=SOMEONE)
        lab.retry(run, rows=[4])
    answer = save(operator, run, 4, form, c2="5")
    assert answer.status_code == 409
    assert "can't be edited any more" in unescape(answer.text)
    assert values_of(answer.text)["cell-2"] == "5", "what was typed"
    assert operator.get(address(run, 4, "edit"), headers=HTMX).status_code == 409


def test_while_a_retry_is_at_work_nothing_can_be_changed(operator, run, bench) -> None:
    with bench() as lab:
        retry = lab.begin_retry(run)
    page = operator.get(f"/runs/{run}/groups/price.type").text
    assert "#edit" not in page
    assert "choose-" not in page
    assert f"While run {retry} is at work with rows of this file, none can be edited or retried." in text_of(page)
    assert 'hx-trigger="every 2s"' in page
    assert 'id="edit"' not in operator.get(address(run, 3)).text
    assert operator.get(address(run, 3, "edit"), headers=HTMX).status_code == 409


def test_without_scripts_the_row_has_a_page_with_the_form(operator, run, bench) -> None:
    assert operator.get(address(run, 3, "edit")).location == f"/runs/{run}/rows/3#edit"
    page = address(run, 3)
    answer = operator.submit(page, f"{page}/edit", **{"cell-0": "C", "cell-2": "3"})
    assert (answer.status_code, answer.location) == (302, page)
    shown = text_of(operator.get(page).text)
    assert "Row 3 is saved." in shown
    assert "Edited just now" in shown
    assert "As things are now, the row passes every rule of the importer." in shown
    answer = operator.submit(page, f"/runs/{run}/retry")
    assert answer.status_code == 302
    with bench() as lab:
        lab.drain()
        assert lab.rows("SELECT price FROM goods WHERE sku = 'C'") == [(3,)]


def test_without_scripts_the_second_person_is_told_on_the_page(operator, run, bench) -> None:
    page = address(run, 3)
    form = values_of(operator.get(page).text)
    with bench():
        edit_row(run, 3, {"price": "7"}, actor=SOMEONE)
    answer = operator.post(f"{page}/edit", data=form | {"cell-2": "8"})
    assert answer.status_code == 409
    assert "someone@example.com changed this row just now." in text_of(answer.text)
    assert values_of(answer.text)["cell-2"] == "8"
    assert operator.submit(page, f"{page}/edit").location == page


def test_line_breaks_stay_as_they_were(operator, bench) -> None:
    with bench() as lab:
        run = start(lab, 'sku,name,price\nA,"two\nlines",x\nB,"two\r\nlines",x\n')
    for number, breaks in ((1, "\n"), (2, "\r\n")):
        form = opened(operator, run, number)
        form["cell-1"] = form["cell-1"].replace("\r\n", "\n").replace("\n", "\r\n")  # as browsers send it
        save(operator, run, number, form, c2="1")
        save(operator, run, number, opened(operator, run, number), c1="a\r\nb\r\nc")
        with bench() as lab:
            before = [event.details["before"] for event in events(lab, run) if event.details["row_number"] == number]
            assert before == [{"price": "x"}, {"name": f"two{breaks}lines"}]
            assert f"a{breaks}b{breaks}c" in lab.download(run)


def events(lab: Lab, run: int) -> list:
    from portal import timeline
    from portal.extensions import db

    return [event for event in timeline.events_of(db.session, "run", run) if event.event_type == "Row Edited"]


def test_cells_too_long_for_a_form_stay_as_they_are(operator, bench) -> None:
    with bench() as lab:
        run = start(lab, f"sku,name,price\nA,{'n' * 10_001},x\n")
    form = opened(operator, run, 1)
    assert "cell-1" not in form
    assert save(operator, run, 1, form, c2="1").status_code == 200
    with bench() as lab:
        assert "n" * 10_001 in lab.download(run)


def test_headers_of_any_kind_are_fields_by_position(operator, bench) -> None:
    with bench() as lab:
        run = start(lab, 'sku,name,price,"version","a "" <b>",cell-0\nA,apple,x,1,2,3\n')
    form = opened(operator, run, 1)
    assert len(form["version"]) == 16
    assert save(operator, run, 1, form, c2="1", c3="new", c4="<i>", c5="").status_code == 200
    with bench() as lab:
        assert lab.rows("SELECT cells FROM ingest_rows") == [('["A", "apple", "1", "new", "<i>", ""]',)]


def test_chosen_rows_and_groups_are_retried_or_rehearsed(operator, run, bench) -> None:
    chosen = retried(operator, run, rows=["", "3", "4"], dry_run="1")
    with bench() as lab:
        lab.drain()
        rehearsed = lab.find(int(chosen.location.rpartition("/")[2]))
        assert (rehearsed.dry_run, rehearsed.total) == (True, 2)
    assert retried(operator, run, error="name.required").status_code == 302
    with bench() as lab:
        lab.drain()
        assert lab.rows("SELECT total FROM ingest_runs ORDER BY id DESC LIMIT 1") == [(1,)]


def test_a_rehearsed_choice_is_made_again_for_real(operator, run, bench) -> None:
    with bench() as lab:
        for number in (3, 4):
            edit_row(run, number, {"sku": "D", "price": "4"}, actor=SOMEONE)
        for choice, field in (({"rows": [3, 4]}, ("rows", "3,4")), ({"error": "price.type"}, ("error", "price.type"))):
            dry = lab.retry(run, dry_run=True, **choice).id
            lab.write("UPDATE ingest_runs SET user_id = (SELECT min(id) FROM users) WHERE id = :id", id=dry)
            assert '<input type="hidden" name="{}" value="{}">'.format(*field) in operator.get(f"/runs/{dry}").text
    assert operator.submit(f"/runs/{dry}", f"/runs/{run}/retry").status_code == 302


def test_a_choice_of_nothing_or_nonsense_is_refused(operator, run) -> None:
    for rows, said in (("", "Choose at least one row."), ("3;4", "Rows are chosen by their numbers."), ("9", "9.")):
        answer = retried(operator, run, rows=rows)
        assert answer.status_code == 422
        assert said in answer.text


def test_who_may_not_change_the_run_sees_no_way_to(operator, run, bench, sign_in, users) -> None:
    with bench():
        edit_row(run, 3, {"sku": "C", "price": "3"}, actor=SOMEONE)
    auditor = sign_in("auditor")
    for path in (f"/runs/{run}/groups/price.type", address(run, 3), f"/runs/{run}"):
        page = auditor.get(path).text.partition("<main")[2]
        assert "Edit" not in re.sub("Edited|edited", "", text_of(page))
        assert "<form" not in page
    assert auditor.get(address(run, 3, "line"), headers=HTMX).status_code == 200
    other = sign_in(users("operator", "other@example.com"))
    for browser, status in ((auditor, 403), (other, 404)):
        token = values_of(browser.get("/account").text)["csrf_token"]
        for action in ("edit", "check"):
            answer = browser.post(address(run, 3, action), data={"csrf_token": token, "cell-2": "4"})
            assert answer.status_code == status
        assert browser.get(address(run, 3, "edit"), headers=HTMX).status_code == status


def test_rows_of_a_dry_run_can_not_be_edited(operator, bench) -> None:
    with bench() as lab:
        run = start(lab, dry_run=True)
    assert "#edit" not in operator.get(f"/runs/{run}/groups/price.type").text
    assert 'id="edit"' not in operator.get(address(run, 3)).text


def test_a_malformed_line_is_edited_on_its_page(operator, bench) -> None:
    with bench() as lab:
        run = start(lab, "sku,name,price\nA,apple,1,2\n")
    page = address(run, 1)
    assert "The line isn't a row of this file" in unescape(operator.get(page).text)
    operator.submit(page, f"{page}/edit", **{"cell-2": "1"})
    shown = text_of(operator.get(page).text)
    assert "As things are now, the row passes every rule" in shown
    assert "From cell to value" in shown


def test_a_long_timeline_is_read_in_pages(operator, run, bench) -> None:
    with bench():
        for number in range(60):
            edit_row(run, 3, {"price": f"x{number}"}, actor=SOMEONE)
    page = operator.get(f"/runs/{run}").text
    assert page.count("history-head") == 50
    assert "“x58” → “x59”" in page
    assert re.search(rf'href="/runs/{run}/timeline">All \d+ events', page)
    last = operator.get(f"/runs/{run}/timeline?page=2").text
    assert "“x” → “x0”" in last
    assert "By someone@example.com." in last
    assert "x59" not in last
