"""The pairs of training data, looked through and changed in pages."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.support.training_data import ANSWER
from tests.web.alignment.conftest import Bench
from tests.web.datajobs.conftest import post, words

HTMX = {"HX-Request": "true"}


def test_each_pair_stands_beside_its_passage(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["How many?", "What is the definition of it?"], ["When?"])
    page = jo.get(f"/alignments/{public_id}/pairs")
    shown = words(page)
    assert "3 pairs in the files." in shown
    assert "Pairs 1–3 of 3" in shown
    assert shown.index("How many?") < shown.index("What is the definition of it?") < shown.index("When?")
    assert "1.md › Handbook › Leave Characters 150–173" in shown
    assert f'<mark><bdi class="raw-inline">{ANSWER}</bdi></mark>' in page.text
    assert "Every colleague has" in page.text
    assert "Definition" in shown


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("running", "They can be looked through once all of them are there. See how far it is"),
        ("failed", "None were kept, since no training data came of it. Look at what happened"),
        ("cancelled", "None were kept, since no training data came of it. Look at what happened"),
    ],
)
def test_without_files_nothing_is_said_of_pairs_in_them(jo: FlaskClient, bench: Bench, status: str, text: str) -> None:
    with bench() as lab:
        public_id = lab.made(["a?"], status=status)
    page = jo.get(f"/alignments/{public_id}/pairs")
    assert text in words(page)
    assert "in the files" not in words(page).lower()


def test_pairs_are_searched_and_filtered(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["How many <b>?", "What is the definition of it?"], ["When?"])
        lab.set_pair(public_id, 0, state="dropped")
    for query, found in (
        ("search=when", ["When?"]),
        ("state=dropped", ["How many &lt;b&gt;?"]),
        ("kind=definition", ["What is the definition of it?"]),
        ("document=2", ["When?"]),
        ("document=99999999999999999999", []),
        ("document=x&state=nothing&kind=", ["How many &lt;b&gt;?", "What is the definition of it?", "When?"]),
    ):
        page = jo.get(f"/alignments/{public_id}/pairs?{query}")
        assert re.findall(r'<h2 class="pair-question"[^>]*><bdi[^>]*>(.*?)</bdi>', page.text) == found, query
        assert "No pair matches" in page.text or found
    page = jo.get(f"/alignments/{public_id}/pairs?state=dropped")
    assert '<option value="dropped" selected>' in page.text
    assert '<option value="2">2.md</option>' in page.text
    assert "Undo" in words(page)


def test_of_many_documents_only_the_chosen_one_is_offered(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(*([] for _ in range(200)), ["a?"])
    assert 'name="document"' not in jo.get(f"/alignments/{public_id}/pairs").text
    page = jo.get(f"/alignments/{public_id}/pairs?document=201")
    assert '<option value="201" selected>201.md</option>' in page.text
    assert "Pairs 1–1 of 1" in words(page)


def test_pairs_are_paged(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made([f"{number}?" for number in range(26)])
    page = jo.get(f"/alignments/{public_id}/pairs?page=2&state=kept")
    assert "Pairs 26–26 of 26" in words(page)
    assert f'action="/alignments/{public_id}/pairs/drop?state=kept&amp;page=2"' in page.text, "one comes back to it"


def test_a_pair_is_edited_on_a_page_of_its_own(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["How many?"])
        [pair] = lab.pairs(public_id)
    here = f"/alignments/{public_id}/pairs/{pair.id}"
    assert "Every colleague has" in jo.get(f"{here}?search=how").text
    refused = jo.submit(f"{here}?search=how", f"{here}/edit?search=how", question=" ", answer="Kept as typed")
    assert refused.status_code == 422
    assert "Write a question." in refused.text
    assert "Kept as typed" in refused.text
    saved = jo.submit(
        f"{here}?search=how", f"{here}/edit?search=how", question="How many days?", answer="25.\r\nNo more."
    )
    assert saved.location == f"/alignments/{public_id}/pairs?search=how#pair-{pair.id}"
    shown = words(jo.get(saved.location))
    assert "The pair was saved." in shown
    assert "How many days?" in shown
    assert "1 pair in the files, 1 edited. The files are being brought up to date." in shown
    with bench() as lab:
        assert lab.pairs(public_id)[0].answer == "25.\nNo more."
    assert "It was made as “ How many? ”." in words(jo.get(here))
    assert post(jo, f"{here}/revert").location == f"/alignments/{public_id}/pairs#pair-{pair.id}"
    assert "The pair is as it was made again." in words(jo.get(f"/alignments/{public_id}/pairs"))


def test_a_pair_is_edited_in_its_place(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["How many?"])
        [pair] = lab.pairs(public_id)
    here = f"/alignments/{public_id}/pairs/{pair.id}"
    assert jo.get(f"{here}/edit").location == here, "without scripts"
    form = jo.get(f"{here}/edit", headers=HTMX)
    assert form.headers["HX-Retarget"] == f"#pair-{pair.id}"
    version = re.search(r'name="version" value="(\w+)"', form.text)[1]
    typed = {"question": "How many days?", "answer": "25.", "version": version}
    refused = post(jo, f"{here}/edit", headers=HTMX, **typed | {"answer": ""})
    assert (refused.status_code, "Write an answer." in refused.text) == (422, True)
    saved = post(jo, f"{here}/edit", headers=HTMX, **typed)
    assert saved.status_code == 200
    assert saved.text.lstrip().startswith(f'<article class="pair" id="pair-{pair.id}"')
    assert 'id="pairs-state" class="line" hx-swap-oob="true"' in saved.text
    second = post(jo, f"{here}/edit", headers=HTMX, **typed | {"answer": "26."})
    assert second.status_code == 409
    assert "Someone has changed this pair since you opened it." in second.text
    assert "It is “ 25. ” now." in words(second)
    assert "26." in second.text
    left = jo.get(here, headers=HTMX)
    assert "How many days?" in left.text
    assert "pairs-state" not in left.text


def test_one_pair_is_dropped_and_comes_back(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["a?", "b?"])
        first, _ = lab.pairs(public_id)
    here = f"/alignments/{public_id}/pairs"
    dropped = post(jo, f"{here}/drop", headers=HTMX, pair_id=first.id)
    assert f'<article class="pair pair-out" id="pair-{first.id}"' in dropped.text
    assert "1 pair in the files, 1 dropped." in words(dropped)
    restored = post(jo, f"{here}/restore", headers=HTMX, pair_id=first.id)
    assert "2 pairs in the files." in words(restored)
    assert post(jo, f"{here}/drop?page=1", pair_id=first.id).location == f"{here}?page=1#pair-{first.id}"
    page = jo.get(here)
    assert "1 pair dropped: it isn’t in the files any more." in words(page)
    assert f'action="{here}/restore?page=1"' in page.text
    post(jo, f"{here}/restore", pair_id=first.id)
    assert "1 pair was restored." in words(jo.get(here))


def test_several_are_dropped_and_brought_back_by_one_button(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made([f"{number}?" for number in range(25)])
        ids = [pair.id for pair in lab.pairs(public_id)]
    here = f"/alignments/{public_id}/pairs"
    assert post(jo, f"{here}/drop", pair_id=[str(pair_id) for pair_id in ids]).location == here
    page = jo.get(here)
    assert "25 pairs dropped: they aren’t in the files any more." in words(page)
    undo = re.search(r'name="pair_id" value="([\d,]+)"', page.text)[1]
    post(jo, f"{here}/restore", pair_id=undo)
    assert "25 pairs were restored." in words(jo.get(here))


def test_what_cant_be_done_is_told_where_one_goes_on(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id, running = lab.made(["a?"]), lab.made(["a?"], status="running")
        other = lab.pairs(running)[0].id
    here = f"/alignments/{public_id}/pairs"
    for path, values, message in (
        (f"{here}/drop", {}, "Choose at least one pair."),
        (f"{here}/drop", {"pair_id": "x"}, "These aren’t pairs."),
        (f"{here}/drop", {"pair_id": "9" * 12}, "These aren’t pairs."),
        (f"{here}/restore", {"pair_id": str(other)}, f"There is no pair {other} in this training data."),
        (f"{here}/{other}/revert", {}, f"There is no pair {other} in this training data."),
        (
            f"/alignments/{running}/pairs/drop",
            {"pair_id": str(other)},
            "Pairs can be changed once all of them are there.",
        ),
    ):
        answer = post(jo, path, **values)
        assert answer.status_code == 302
        assert message in words(jo.get(answer.location)), path
    in_place = post(jo, f"/alignments/{running}/pairs/drop", headers=HTMX, pair_id=str(other))
    assert (in_place.status_code, "data-problem" in in_place.text) == (409, True)
    assert jo.get(f"{here}/{other}").status_code == 404


def test_the_page_tells_when_the_files_are_up_to_date(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["a?", "b?"])
        post(jo, f"/alignments/{public_id}/pairs/drop", pair_id=lab.pairs(public_id)[0].id)
    here = f"/alignments/{public_id}/pairs"
    assert f'hx-get="{here}" hx-trigger="every 1s"' in jo.get(here).text
    assert "The files are being brought up to date." in words(jo.get(f"/alignments/{public_id}"))
    with bench() as lab:
        lab.files_are_written(public_id)
    poll = jo.get(here, headers=HTMX | {"HX-Target": "pairs-state"})
    assert poll.text.count("<article") == 0
    assert "The files are up to date." in poll.text
    assert "every 1s" not in poll.text


def test_where_all_chosen_pairs_are_as_asked_nothing_is_said_to_be_done(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["a?", "b?"])
        ids = [str(pair.id) for pair in lab.pairs(public_id)]
    here = f"/alignments/{public_id}/pairs"
    post(jo, f"{here}/restore", pair_id=ids)
    assert "Nothing was restored: they are in the files already." in words(jo.get(here))
    post(jo, f"{here}/drop", pair_id=ids)
    assert "2 pairs dropped: they aren’t in the files any more." in words(jo.get(here))
    post(jo, f"{here}/drop", pair_id=ids)
    assert "Nothing was dropped: they weren’t in the files." in words(jo.get(here))


def test_undo_brings_back_what_was_dropped_and_nothing_else(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["a?", "b?", "c?"])
        lab.set_pair(public_id, 1, state="duplicate")
        lab.set_pair(public_id, 2, state="dropped")
        ids = [pair.id for pair in lab.pairs(public_id)]
    here = f"/alignments/{public_id}/pairs"
    post(jo, f"{here}/drop", pair_id=[str(pair_id) for pair_id in ids])
    page = jo.get(here)
    assert "1 pair dropped" in words(page)
    undo = re.search(r'name="pair_id" value="([\d,]+)"', page.text)[1]
    post(jo, f"{here}/restore", pair_id=undo)
    with bench() as lab:
        assert [pair.state for pair in lab.pairs(public_id)] == ["kept", "duplicate", "dropped"]


def test_what_was_typed_stays_where_the_pair_was_dropped_meanwhile(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["How many?"])
        [pair] = lab.pairs(public_id)
    here = f"/alignments/{public_id}/pairs/{pair.id}"
    jo.get(here)
    with bench() as lab:
        lab.set_pair(public_id, 0, state="dropped")
    refused = post(jo, f"{here}/edit", question="How many days?", answer="Half typed")
    assert refused.status_code == 409
    assert "This pair was dropped, so it isn’t in the files. Restore it first." in words(refused)
    assert "Half typed</textarea>" in refused.text
