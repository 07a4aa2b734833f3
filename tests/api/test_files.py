"""Files of the library, as the public client asks for them, parsed by the types that it has for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from seekrai.types.files import FileList, FileResponse

from portal.extensions import db
from tests.api.conftest import FLOW, Library, Program, library_of
from tests.support.meanwhile import after_commit_with

FILES = f"{FLOW}/files"


def names(program: Program, query: str = "") -> list[str]:
    answer = program.get(FILES + query)
    assert answer.status_code == 200, answer.text
    return [file.filename or "" for file in FileList.model_validate(answer.json).data or ()]


def test_a_file(operator: Program, library: Library) -> None:
    with library() as lab:
        file_id = lab.file("Notes on pumps.md", "# Pumps\n")
    answer = operator.get(f"{FILES}/{file_id}").json
    file = FileResponse(**answer)
    assert (file.id, file.filename, file.type, file.purpose, file.bytes) == (
        file_id,
        "Notes on pumps.md",
        "md",
        "alignment",
        8,
    )
    assert file.created_at is not None
    assert file.created_at.tzinfo is not None
    assert answer["created_at"].endswith("Z")
    assert (file.created_by, file.deleted) == (str(operator.person.id), False)


def test_a_file_that_is_deleted_before_its_new_name_is_shown(operator: Program, library: Library) -> None:
    def delete() -> None:
        with db.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM files")

    with library() as lab:
        file_id = lab.file("a.md", "# A\n")
        with after_commit_with("UPDATE files", delete):
            answer = operator.ask("PUT", f"{FILES}/{file_id}/rename", json={"new_filename": "b.md"})
    assert answer.status_code == 404
    assert answer.json["detail"] == "It isn't there any more."


def test_where_a_file_is_used_and_what_became_of_it(operator: Program, library: Library) -> None:
    with library() as lab:
        file_id = lab.file("notes.txt", "One.")
        lab.job(file_id)
        lab.convert()
    answer = operator.get(f"{FILES}/{file_id}").json
    assert answer["uses"] == [{"what": "Data job", "name": "Handbooks"}]
    [result_id] = answer["result_file_ids"]
    assert operator.get(f"{FILES}/{result_id}").json["origin_file_id"] == file_id


def test_kinds_that_the_client_has_no_word_for(operator: Program, library: Library) -> None:
    with library() as lab:
        lab.file("sheet.xlsx"), lab.file("picture.png"), lab.file("notes.txt")
    listed = operator.get(f"{FILES}?sort_by=filename&sort_order=asc").json
    assert FileList.model_validate(listed).data
    kinds = [(file["filename"], file["type"], file["kind"]) for file in listed["data"]]
    assert kinds == [("notes.txt", "txt", "txt"), ("picture.png", None, None), ("sheet.xlsx", None, "xlsx")]


def test_parts_of_the_list_in_each_order(operator: Program, library: Library) -> None:
    with library() as lab:
        for name, size in (("b.txt", 3), ("c.md", 1), ("a.txt", 2)):
            lab.file(name, "x" * size)
    assert names(operator) == ["a.txt", "c.md", "b.txt"], "the newest first"
    assert names(operator, "?sort_by=filename&sort_order=asc") == ["a.txt", "b.txt", "c.md"]
    assert names(operator, "?sort_by=size") == ["b.txt", "a.txt", "c.md"]
    assert names(operator, "?sort_by=type&sort_order=asc")[0] == "c.md"
    assert names(operator, "?sort_by=filename&sort_order=asc&limit=1&offset=1") == ["b.txt"]
    assert names(operator, "?offset=3") == []
    assert operator.get(f"{FILES}?limit=1").json["total"] == 3


def test_what_a_list_is_narrowed_to(operator: Program, library: Library) -> None:
    with library() as lab:
        used, _ = lab.file("used.md", "# Used\n"), lab.file("idle.txt")
        lab.job(used)
    assert names(operator, "?purpose=fine-tune") == []
    assert len(names(operator, "?purpose=alignment")) == 2
    assert names(operator, "?search=IDLE") == ["idle.txt"]
    assert names(operator, "?kind=md") == names(operator, "?used=yes") == ["used.md"]
    assert names(operator, "?converted=yes") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?limit=0", "limit"),
        ("?limit=101", "limit"),
        ("?offset=-1", "offset"),
        ("?offset=99999999999", "offset"),
        ("?sort_by=name", "sort_by"),
        ("?sort_order=up", "sort_order"),
        ("?purpose=fun", "purpose"),
        ("?page=2", "page"),
    ],
)
def test_wrong_queries(operator: Program, query: str, field: str) -> None:
    refused = operator.get(FILES + query)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert list(refused.json["errors"]) == [field]


def test_those_of_one_account(operator: Program, program: Callable[..., Program], library: Library) -> None:
    with library() as lab:
        lab.file("mine.txt"), lab.file("theirs.txt", by=lab.someone("operator", "other@example.com"))
    assert names(program("auditor"), f"?owner={operator.person.id}") == ["mine.txt"]


def test_what_is_in_a_file(operator: Program, library: Library) -> None:
    with library() as lab:
        file_id = lab.file("Grüße.html", "<script>alert(1)</script>")
    whole = operator.get(f"{FILES}/{file_id}/content")
    assert (whole.status_code, whole.text, whole.content_length) == (200, "<script>alert(1)</script>", 25)
    assert whole.mimetype == "application/octet-stream"
    assert whole.headers["Content-Disposition"].startswith("attachment;")
    known = operator.get(f"{FILES}/{file_id}/content", headers={"If-None-Match": whole.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "given", "where"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
    ],
)
def test_part_of_a_file(operator: Program, library: Library, asked: str, given: bytes, where: str) -> None:
    with library() as lab:
        file_id = lab.file("digits.txt", "0123456789")
    part = operator.get(f"{FILES}/{file_id}/content", headers={"Range": asked})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, given, where)
    assert part.content_length == len(given)


@pytest.mark.parametrize(
    ("method", "asked"),
    [("GET", "bytes=0-1,4-5"), ("GET", "lines=0-1"), ("GET", "bytes=5-2"), ("GET", "the top"), ("HEAD", "bytes=0-1")],
)
def test_what_is_no_single_range_of_bytes_gives_the_whole(
    operator: Program, library: Library, method: str, asked: str
) -> None:
    with library() as lab:
        file_id = lab.file("digits.txt", "0123456789")
    whole = operator.ask(method, f"{FILES}/{file_id}/content", headers={"Range": asked})
    assert (whole.status_code, whole.content_length, whole.headers["Accept-Ranges"]) == (200, 10, "bytes")
    assert whole.data == (b"0123456789" if method == "GET" else b"")


def test_the_rest_of_a_file_that_has_changed_meanwhile(operator: Program, library: Library) -> None:
    with library() as lab:
        address = f"{FILES}/{lab.file('digits.txt', '0123456789')}/content"
    known, rest = operator.get(address).headers["ETag"], {"Range": "bytes=7-"}
    assert operator.get(address, headers=rest | {"If-Match": known}).data == b"789"
    refused = operator.get(address, headers=rest | {"If-Match": '"as it was"'})
    assert (refused.status_code, refused.mimetype) == (412, "application/problem+json")
    assert refused.json["detail"] == "The file has changed since."
    assert operator.get(address, headers=rest | {"If-Range": '"as it was"'}).data == b"0123456789"
    assert operator.get(address, headers=rest | {"If-None-Match": known}).status_code == 304


def test_a_part_that_a_file_has_not(operator: Program, library: Library) -> None:
    with library() as lab:
        file_id = lab.file("digits.txt", "0123456789")
    refused = operator.get(f"{FILES}/{file_id}/content", headers={"Range": "bytes=10-"})
    assert (refused.status_code, refused.mimetype) == (416, "application/problem+json")
    assert refused.headers["Content-Range"] == "bytes */10"


def test_a_file_whose_contents_are_gone(operator: Program, library: Library) -> None:
    with library() as lab:
        file_id = lab.file("lost.txt")
        [key] = lab.stored()
        (lab.folder / "files" / key).unlink()
    refused = operator.get(f"{FILES}/{file_id}/content")
    assert (refused.status_code, refused.json["fix"]) == (404, "Upload the file again.")


def test_files_of_others_arent_there(operator: Program, program: Callable[..., Program], library: Library) -> None:
    with library() as lab:
        file_id = lab.file("mine.txt")
    other, auditor = program("operator", "other@example.com"), program("auditor")
    for path in (f"/{file_id}", f"/{file_id}/content"):
        refused, missing = other.get(FILES + path), other.get(FILES + path.replace(file_id, "file-1"))
        assert (refused.status_code, missing.status_code) == (404, 404)
        assert refused.text.replace(file_id, "file-1") == missing.text
        assert auditor.get(FILES + path).status_code == 200
    assert names(other) == []
    assert names(auditor) == ["mine.txt"]


def test_the_upload_of_a_run_is_no_file_of_the_library(operator: Program) -> None:
    operator.imported()
    assert names(operator) == []


def test_the_token_without_bearer(operator: Program) -> None:
    assert operator.get(FILES, headers={"Authorization": operator.token}).status_code == 200
    assert operator.get(FILES, headers={"Authorization": "nonsense"}).status_code == 401


def test_the_jobs_of_others_stay_unnamed(operator: Program, program: Callable[..., Program], library: Library) -> None:
    with library() as lab:
        file_id = lab.file("notes.txt", "One.")
    with library_of(program("admin")) as lab:
        lab.job(file_id)
    assert operator.get(f"{FILES}/{file_id}").json["uses"] == [{"what": "Data job", "name": None}]
