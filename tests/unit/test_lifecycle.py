"""One table of transitions; a change of state is one conditional UPDATE that knows who was first."""

from __future__ import annotations

import itertools

import pytest

from portal.extensions import db
from portal.lifecycle import RUN_ACTIVE, RUN_FINISHED, RUN_TRANSITIONS, RunStatus, move
from portal.runs.models import IngestRun


@pytest.fixture
def run(app):
    with app.app_context():
        made = IngestRun(importer="x", original_filename="x.csv")
        db.session.add(made)
        db.session.commit()
        yield made


@pytest.mark.parametrize(("source", "target"), list(itertools.product(RunStatus, RunStatus)))
def test_only_the_edges_of_the_table_can_be_taken(run, source: RunStatus, target: RunStatus) -> None:
    run.status = source
    db.session.commit()
    moved = move(db.session, IngestRun, run.id, target, error="set with it")
    db.session.commit()
    assert moved == ((source, target) in RUN_TRANSITIONS)
    assert (run.status, run.error) == ((target, "set with it") if moved else (source, None))


def test_the_statuses_to_leave_can_be_narrowed(run) -> None:
    assert not move(db.session, IngestRun, run.id, RunStatus.FAILED, only_from=[RunStatus.PROCESSING])
    assert move(db.session, IngestRun, run.id, RunStatus.FAILED, only_from=[RunStatus.PENDING])
    with pytest.raises(ValueError, match="No transition leads from"):
        move(db.session, IngestRun, run.id, RunStatus.COMPLETED, only_from=[RunStatus.CANCELLING])


def test_a_run_that_is_not_there_does_not_move(run) -> None:
    assert not move(db.session, IngestRun, run.id + 1, RunStatus.PROCESSING)


def test_no_edge_leaves_a_finished_status_and_each_active_one_can_end() -> None:
    sources = {source for source, _ in RUN_TRANSITIONS}
    assert sources == RUN_ACTIVE == set(RunStatus) - RUN_FINISHED
    assert all(RUN_TRANSITIONS.values()), "each edge says when it happens"
    assert (RunStatus.CANCELLING, RunStatus.COMPLETED) not in RUN_TRANSITIONS
