"""Adding files to the library: one or many, with what each is found to be."""

from __future__ import annotations

import resource
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage

from portal.errors import BadInput, NoRoom, OutOfReach
from portal.extensions import db
from portal.files.incoming import IncomingFile
from portal.files.models import FilePurpose
from portal.files.operations import TooLarge, add_all, add_many, add_to_library, delete_file
from portal.files.storage import storage
from tests.support.job_lab import JobLab
from tests.support.library import PDF, data_folder, history, left_behind, upload
from tests.support.meanwhile import after_commit_with

DATABASES = ("sqlite",)
TABLE = b"PAR1" + bytes(60) + b"PAR1"


def test_a_file_is_kept_with_what_is_known_of_it(job_lab: JobLab) -> None:
    file = add_to_library(upload("hand/book.pdf", PDF), actor=job_lab.user, purpose=FilePurpose.PRE_TRAIN)
    assert (file.name, file.size, file.kind, file.purpose) == ("book.pdf", len(PDF), "pdf", "pre-train")
    assert (file.user_id, len(file.sha256)) == (job_lab.user_id, 64)
    with storage().open(file.storage_key) as kept:
        assert kept.read() == PDF
    assert history(file.id) == [("Uploaded", f"book.pdf, {len(PDF)} bytes.", "jo@example.com")]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("report.docx", PDF, "pdf"),
        ("notes.txt", "Text.\n", "txt"),
        ("notes.md", "# Title\n", "md"),
        ("page.txt", "<!doctype html><title>A page</title>", "html"),
        ("data.bin", TABLE, "parquet"),
        ("data.bin", bytes(range(256)), None),
        ("empty.md", "", "md"),
    ],
)
def test_the_content_says_what_it_is(job_lab: JobLab, name: str, content: bytes | str, kind: str | None) -> None:
    assert add_to_library(upload(name, content), actor=job_lab.user).kind == kind


def test_of_many_those_that_cannot_be_kept_are_refused_by_name(make_app, tmp_path) -> None:
    app = make_app(max_upload_bytes=1000)
    with app.app_context():
        lab = JobLab(app, tmp_path)
        added = add_many([upload("a.txt"), upload("big.txt", "x" * 1001), upload("b.txt", "B\n")], actor=lab.user)
        assert [file.name for file in added.files] == ["a.txt", "b.txt"]
        assert added.refused == [("big.txt", "It is larger than the 1.0 kB that the portal accepts.")]
        assert left_behind()[1:] == (2, 2)


def test_a_single_one_that_cannot_be_kept_is_refused(make_app, tmp_path) -> None:
    app = make_app(max_upload_bytes=5)
    with app.app_context(), pytest.raises(BadInput, match=r"a\.txt: It is larger than the 5 bytes"):
        add_to_library(upload("a.txt"), actor=JobLab(app, tmp_path).user)


@pytest.mark.parametrize("purpose", ["fine-tune", "preference-fine-tune", "reinforcement-fine-tune"])
def test_training_takes_training_data_alone(job_lab: JobLab, purpose: str) -> None:
    uploads = [upload("a.jsonl", "{}\n"), upload("b.parquet", TABLE), upload("c.pdf", PDF), upload("d.jsonl", "")]
    added = add_many(uploads, actor=job_lab.user, purpose=FilePurpose(purpose))
    assert [file.name for file in added.files] == ["a.jsonl", "b.parquet"]
    assert added.refused == [
        ("c.pdf", "Training data must be JSON Lines (.jsonl) or Parquet (.parquet)."),
        ("d.jsonl", "The file appears to be empty. Upload a file with content."),
    ]


def test_of_several_that_belong_together_all_are_kept_or_none(make_app, tmp_path) -> None:
    app = make_app(max_upload_bytes=1000)
    with app.app_context():
        user = JobLab(app, tmp_path).user
        with pytest.raises(TooLarge, match=r"big\.txt: It is larger than the 1\.0 kB") as refused:
            add_all([upload("a.txt"), upload("big.txt", "x" * 1001)], actor=user)
        assert (refused.value.status, refused.value.fix) == (413, "None of the files was kept.")
        assert left_behind()[1:] == (0, 0)
        assert [file.name for file in add_all([upload("a.txt"), upload("b.txt")], actor=user)] == ["a.txt", "b.txt"]


@pytest.mark.parametrize(("count", "says"), [(0, "Choose at least one file"), (101, "At most 100 files")])
def test_too_few_and_too_many_are_refused_together(job_lab: JobLab, count: int, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        add_many([upload(f"{number}.txt") for number in range(count)], actor=job_lab.user)
    assert left_behind()[1:] == (0, 0)


def test_contents_that_one_has_are_announced_and_kept(job_lab: JobLab) -> None:
    [first] = add_many([upload("a.txt")], actor=job_lab.user).files
    added = add_many([upload("b.txt"), upload("c.txt", "New.\n"), upload("d.txt", "New.\n")], actor=job_lab.user)
    assert [file.name for file in added.files] == ["b.txt", "c.txt", "d.txt"]
    said = [(found.name, found.earlier.name, found.left_out) for found in added.duplicates]
    assert said == [("b.txt", "a.txt", False), ("d.txt", "c.txt", False)]
    assert added.duplicates[0].earlier.id == first.id


def test_what_was_the_same_is_told_though_it_was_deleted_meanwhile(job_lab: JobLab) -> None:
    first = add_to_library(upload("a.txt"), actor=job_lab.user).id

    def delete_meanwhile() -> None:
        with job_lab.elsewhere():
            delete_file(first, actor=job_lab.user)

    with after_commit_with("INSERT INTO files", delete_meanwhile):
        added = add_many([upload("b.txt")], actor=job_lab.user)
    [found] = added.duplicates
    assert (found.earlier.id, found.earlier.name) == (first, "a.txt")


def test_contents_that_one_has_are_left_out_where_wished(job_lab: JobLab) -> None:
    add_to_library(upload("a.txt"), actor=job_lab.user)
    added = add_many([upload("b.txt"), upload("c.txt", "New.\n")], actor=job_lab.user, leave_out_known=True)
    assert [file.name for file in added.files] == ["c.txt"]
    assert [(found.name, found.left_out) for found in added.duplicates] == [("b.txt", True)]


def test_what_others_have_and_what_runs_import_is_no_duplicate(job_lab: JobLab) -> None:
    job_lab.upload_of_a_run("rows.csv")
    add_to_library(upload("a.txt"), actor=job_lab.someone("operator", "other@example.com"))
    assert add_many([upload("b.txt")], actor=job_lab.user).duplicates == []


def test_a_store_that_is_away_refuses_all_and_keeps_nothing(job_lab: JobLab) -> None:
    kept = data_folder() / "files"
    user, away = job_lab.user, kept.rename(data_folder() / "away")
    with pytest.raises(OutOfReach, match="is gone"):
        add_many([upload("a.txt"), upload("b.txt")], actor=user)
    away.rename(kept)
    assert left_behind()[1:] == (0, 0)


class LastOne(IncomingFile):
    """An upload before whose turn the store goes away."""

    def flush(self) -> None:
        super().flush()
        (data_folder() / "files").rename(data_folder() / "away")


def test_a_store_that_goes_away_meanwhile_keeps_what_came_before(job_lab: JobLab) -> None:
    last = LastOne(data_folder() / "incoming")
    added = add_many([upload("a.txt"), FileStorage(last, "b.txt")], actor=job_lab.user)
    assert [file.name for file in added.files] == ["a.txt"]
    [(name, reason)] = added.refused
    assert (name, reason.split(".")[0]) == ("b.txt", "The folder in which the portal keeps its files is gone")


def test_a_full_disk_is_told_and_nothing_is_kept(job_lab: JobLab) -> None:
    user, arriving = job_lab.user, IncomingFile(data_folder() / "incoming")
    arriving.write(b"x" * 2000)  # which are still in a buffer
    with small_files(1000), pytest.raises(NoRoom, match="disk is full"):
        add_many([FileStorage(arriving, "a.txt")], actor=user)
    arriving.close()
    assert left_behind() == (0, 0, 0)


def test_of_what_a_store_on_another_disk_has_no_room_for_no_part_stays_there(job_lab: JobLab) -> None:
    with tempfile.NamedTemporaryFile(dir=on_another_disk(data_folder())) as elsewhere:
        elsewhere.write(b"x" * 2000)
        elsewhere.flush()
        with small_files(1000), pytest.raises(OSError, match="too large"):
            storage().put(elsewhere.name, "converted/1/1.md")
    assert job_lab.stored() == set()


def on_another_disk(folder: Path) -> Path:
    """A folder from which a file can't be moved into `folder` without being copied."""
    others = (Path(name) for name in ("/dev/shm", "/var/tmp"))  # noqa: S108 - for their disks
    return next(other for other in others if other.stat().st_dev != folder.stat().st_dev)


@contextmanager
def small_files(limit: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_database_that_fails_leaves_no_contents(job_lab: JobLab) -> None:
    user = job_lab.user
    db.session.execute(db.text("ALTER TABLE events RENAME TO elsewhere"))
    db.session.commit()
    with pytest.raises(Exception, match="events"):
        add_to_library(upload("a.txt"), actor=user)
    db.session.execute(db.text("ALTER TABLE elsewhere RENAME TO events"))
    db.session.commit()
    assert left_behind()[1:] == (0, 0)
