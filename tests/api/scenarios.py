"""What has to happen for an endpoint to answer what it rarely does. Each takes an operator, an administrator, and what
makes more programs."""

from __future__ import annotations

import io
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from werkzeug.test import TestResponse

from portal.datajobs import operations as jobs
from portal.sources.reach import resolve
from tests.api.conftest import FLOW, GOODS, ROOT, Program, library_of
from tests.support.lab import drain
from tests.support.receiver import allow, receiver

WEBHOOKS = "/api/v1/webhooks"

More = Callable[..., Program]
Scenario = Callable[[Program, Program, More], None]


def a_run_is_looked_at(operator: Program, _admin: Program, _more: More) -> None:
    run = f"{ROOT}/{operator.imported()}"
    paths = ("", "/rows", "/rows/2", "/timeline", "/errors/summary", "/failed-rows/download")
    exports = [f"/exports/{what}.jsonl" for what in ("rows", "groups", "timeline")]
    for path in (*paths, *exports):
        assert operator.get(run + path).status_code == 200, path
    for path in ("", "/importers", "/importers/goods", "/exports/runs.csv"):
        assert operator.get(ROOT + path).status_code == 200, path


def a_run_is_mended(operator: Program, _admin: Program, _more: More) -> None:
    run = f"{ROOT}/{operator.imported()}"
    assert operator.ask("PATCH", f"{run}/rows/2", json={"data": {"price": "7"}}).status_code == 200
    download = operator.get(f"{run}/failed-rows/download").text
    assert operator.post(f"{run}/retry", json={"rows": [2]}).status_code == 202
    for again in (operator.post(f"{run}/retry"), correct(operator, run, download)):
        assert again.status_code == 409
    assert operator.ask("PATCH", f"{run}/rows/4", json={"data": {"price": "7"}}).status_code == 409
    drain()
    assert correct(operator, run, download.replace(",200,", ",2,").replace(",y,", ",3,")).status_code == 202
    drain()
    assert operator.post(f"{run}/retry").status_code == 400
    assert correct(operator, run, download).status_code == 400


def a_run_is_cancelled(operator: Program, _admin: Program, _more: More) -> None:
    run_id = operator.upload("goods", GOODS).json["data"]["id"]
    assert operator.post(f"{ROOT}/{run_id}/cancel").status_code == 200
    drain()
    assert operator.post(f"{ROOT}/{run_id}/cancel").status_code == 409
    assert operator.post(f"{ROOT}/trigger/fetched").status_code == 202
    drain()


def files_come_for_what_isnt_there(operator: Program, _admin: Program, _more: More) -> None:
    assert operator.upload("nothing", GOODS).status_code == 404
    assert operator.ask("PATCH", f"{ROOT}/999999/rows/1", json={"data": {"price": "1"}}).status_code == 404
    assert correct(operator, f"{ROOT}/999999", GOODS).status_code == 404
    assert operator.upload("goods", "nonsense").status_code == 422
    run = f"{ROOT}/{operator.imported()}"
    assert correct(operator, run, GOODS).status_code == 422


def an_upload_meets_a_full_disk(operator: Program, _admin: Program, _more: More) -> None:
    run = f"{ROOT}/{operator.imported()}"
    uploads = [("POST", f"{ROOT}/upload/goods", "file"), ("POST", f"{run}/correct", "file")]
    uploads += [("PUT", f"{FLOW}/{where}", "files") for where in ("files", "bulk_files")]
    with no_room():
        for method, address, field in uploads:
            # Put together here, since the test client would write a form of this size to the disk.
            head = f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="rows.csv"\r\n\r\n'
            form = f"{head}{GOODS}{'Z,Zucchini,1' * 200_000}\r\n--b--\r\n".encode()
            refused = operator.ask(method, address, data=form, content_type="multipart/form-data; boundary=b")
            assert refused.status_code == 507, refused.text


def accounts_are_kept(operator: Program, admin: Program, _more: More) -> None:
    assert operator.get("/api/v1/account").status_code == 200
    assert operator.get("/api/v1/overview").status_code == 200
    made = admin.post("/api/v1/users", json={"email": "new@example.com", "role": "operator"})
    assert made.status_code == 201
    account = f"/api/v1/users/{made.json['data']['id']}"
    assert admin.get("/api/v1/users").status_code == admin.get(account).status_code == 200
    assert admin.post(f"{account}/link").status_code == 201
    assert admin.ask("PATCH", account, json={"role": "auditor", "is_active": False}).status_code == 200
    assert admin.post(f"{account}/link").status_code == 409
    assert admin.post("/api/v1/tokens", json={"email": "new@example.com"}).status_code == 409
    own = f"/api/v1/users/{admin.person.id}"
    assert admin.ask("PATCH", own, json={"role": "auditor"}).status_code == 409


def tokens_are_kept(operator: Program, admin: Program, more: More) -> None:
    assert operator.get("/api/v1/tokens").status_code == 200
    made = operator.post("/api/v1/tokens", json={"name": "nightly", "days": 7, "role": "reader"}).json["data"]
    assert admin.post("/api/v1/tokens", json={"email": "nobody@example.com"}).status_code == 404
    assert operator.post("/api/v1/tokens", json={"email": admin.person.email}).status_code == 403
    reader = Program(operator.client, made["token"], operator.person)
    own = f"/api/v1/tokens/{made['id']}"
    assert reader.ask("DELETE", own).status_code == 403
    assert operator.ask("DELETE", own).status_code == 204
    assert operator.ask("DELETE", own).status_code == 409


def webhooks_are_kept(operator: Program, _admin: Program, _more: More) -> None:
    with receiver() as hooks:
        allow(operator.client.application, hooks.host, resolve=resolve)
        made = operator.post(WEBHOOKS, json={"url": hooks.url, "events": ["run.failed"]})
        assert made.status_code == 201
        own = f"{WEBHOOKS}/{made.json['data']['id']}"
        sent = operator.post(f"{own}/test")
        drain()
    assert sent.status_code == 202
    delivery = f"{own}/deliveries/{sent.json['data']['id']}"
    assert operator.post(f"{delivery}/resend").status_code == 202
    assert operator.ask("PATCH", own, json={"is_active": False}).status_code == 200
    for path in (f"{own}/test", f"{delivery}/resend"):
        assert operator.post(path).status_code == 409
    assert operator.post(f"{own}/rotate").status_code == 200
    for path in (WEBHOOKS, own, f"{own}/secret", f"{own}/deliveries", delivery):
        assert operator.get(path).status_code == 200
    other = operator.post(WEBHOOKS, json={"url": "https://93.184.216.34/", "events": ["run.failed"]}).json["data"]["id"]
    assert operator.ask("DELETE", f"{WEBHOOKS}/{other}").status_code == 204


def documents_are_looked_at(operator: Program, _admin: Program, _more: More) -> None:
    with library_of(operator) as lab:
        file_id = lab.file("notes.txt")
        job = f"{FLOW}/data-jobs/{lab.job(file_id)}"
    ingestion = f"{FLOW}/ingestion/{operator.get(f'{FLOW}/ingestion').json['data'][0]['id']}"
    file = f"{FLOW}/files/{file_id}"
    for path in (f"{FLOW}/files", file, f"{FLOW}/data-jobs", job, f"{job}/files/{file_id}", ingestion):
        assert operator.get(path).status_code == 200, path
    known = operator.get(f"{file}/content").headers["ETag"]
    asked = [({"Range": "bytes=0-1"}, 206), ({"Range": "bytes=99-"}, 416)]
    for headers, status in (*asked, ({"If-None-Match": known}, 304), ({"If-Match": '"another"'}, 412)):
        assert operator.get(f"{file}/content", headers=headers).status_code == status


def files_are_kept(operator: Program, _admin: Program, _more: More) -> None:
    for where in ("files", "bulk_files"):
        form = {"files": (io.BytesIO(b"# Guide\n"), "guide.md"), "purpose": "alignment"}
        made = operator.ask("PUT", f"{FLOW}/{where}", data=form)
        assert made.status_code == 201, made.text
    [file_id] = [file["id"] for file in made.json]
    file, asked = f"{FLOW}/files/{file_id}", {"purpose": "alignment", "suffix": "md", "size": 8}
    assert operator.post(f"{FLOW}/files/validate_metadata", json=asked).json == {"is_valid": True, "errors": None}
    assert operator.post(f"{FLOW}/ingestion", json={"files": [file_id]}).status_code == 200
    name = {"json": {"new_filename": "pumps.md"}}
    assert operator.ask("PUT", f"{file}/rename", **name).status_code == 200
    with library_of(operator) as lab:
        job_id = lab.job(file_id)
    assert operator.ask("DELETE", file).status_code == 409
    with library_of(operator) as lab:
        jobs.delete_job(job_id, actor=lab.user)
    assert operator.ask("DELETE", file).status_code == 200
    assert operator.ask("PUT", f"{file}/rename", **name).status_code == 404


def data_jobs_are_kept(operator: Program, _admin: Program, _more: More) -> None:
    jobs_of = f"{FLOW}/data-jobs"
    made = operator.post(jobs_of, json={"name": "Handbooks", "job_type": "context_grounded_files"})
    assert made.status_code == 201
    own = f"{jobs_of}/{made.json['id']}"
    for action in ("start", "cancel"):
        assert operator.post(f"{own}/{action}").status_code == 409
    assert operator.post(f"{own}/retry").status_code == 400
    with library_of(operator) as lab:
        ids = [lab.file(name, "# Pumps\n\nA pump is a machine that moves water.\n") for name in ("a.md", "b.txt")]
    adding, removing = {"json": {"file_ids": ids}}, {"json": {"file_ids": ids[1:]}}
    for action in ("add-files", "remove-files"):
        assert operator.post(f"{jobs_of}/nowhere/{action}", **adding).status_code == 404
    assert operator.post(f"{own}/add-files", **adding).status_code == 200
    for action in ("cancel", "retry", "cancel"):
        assert operator.post(f"{own}/{action}").status_code == 200
    assert operator.post(f"{own}/remove-files", **removing).status_code == 200
    assert operator.ask("PATCH", own, json={"instructions": "Be brief."}).status_code == 200
    clone = operator.post(f"{own}/clone")
    assert clone.status_code == 201
    assert operator.ask("DELETE", f"{jobs_of}/{clone.json['id']}").status_code == 204
    wanted = {"instructions": "Answer questions about pumps."}
    assert operator.post(f"{jobs_of}/gen_system_prompt", json=wanted).status_code == 200
    assert operator.post(f"{own}/start").status_code == 200
    for action, body in (("add-files", adding), ("remove-files", removing), ("retry", {})):
        assert operator.post(f"{own}/{action}", **body).status_code == 409
    assert operator.ask("PATCH", own, json={"instructions": None}).status_code == 409
    drain()


def training_data_is_made(operator: Program, _admin: Program, _more: More) -> None:
    with library_of(operator) as lab:
        file_id = lab.file("pumps.md", "# Pumps\n\nA pump is a machine that moves water to a high place.\n")
    wanted = {"instructions": "Be brief.", "files": [file_id]}
    made = operator.post(f"{FLOW}/alignment/generate", json=wanted)
    assert made.status_code == 200
    own = f"{FLOW}/alignment/{made.json['id']}"
    assert operator.ask("DELETE", own).status_code == 409
    drain()
    assert operator.post(f"{own}/cancel").status_code == 409
    for path in (f"{FLOW}/alignment", own, f"{own}/outputs", f"{own}/pairs"):
        assert operator.get(path).status_code == 200
    pair = f"{own}/pairs/{operator.get(f'{own}/pairs').json['data'][0]['id']}"
    assert operator.ask("PATCH", pair, json={"state": "dropped"}).status_code == 200
    assert operator.ask("PATCH", pair, json={"answer": "Mine."}).status_code == 409
    once = {"json": wanted, "headers": {"Idempotency-Key": "pumps-1"}}
    other = f"{FLOW}/alignment/{operator.post(f'{FLOW}/alignment/generate', **once).json['id']}"
    assert operator.post(f"{other}/cancel").status_code == 200
    assert operator.ask("DELETE", other).status_code == 204
    assert operator.post(f"{FLOW}/alignment/generate", **once).status_code == 404


def correct(program: Program, run: str, content: str) -> TestResponse:
    file = (io.BytesIO(content.encode()), "corrected.csv")
    return program.post(f"{run}/correct", data={"file": file})


@contextmanager
def no_room() -> Iterator[None]:
    """No file may grow beyond a megabyte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


SCENARIOS: tuple[Scenario, ...] = (
    a_run_is_looked_at,
    a_run_is_mended,
    a_run_is_cancelled,
    files_come_for_what_isnt_there,
    an_upload_meets_a_full_disk,
    accounts_are_kept,
    tokens_are_kept,
    webhooks_are_kept,
    documents_are_looked_at,
    files_are_kept,
    data_jobs_are_kept,
    training_data_is_made,
)
