"""What docs/webhooks.md shows, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from portal.webhooks import operations
from portal.webhooks.engine.outcomes import PAUSES
from portal.webhooks.events import WebhookEvent
from tests.support.lab import SOMEONE, Lab
from tests.support.receiver import Received, Receiver

DOCUMENT = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()


@pytest.fixture
def secret_and_message(lab: Lab, hooks: Receiver, webhook) -> tuple[str, Received]:
    webhook_id = webhook()
    operations.send_test(webhook_id, actor=SOMEONE)
    lab.drain()
    return operations.secret_of(webhook_id, actor=SOMEONE), hooks.received[0]


def test_the_example_in_python(secret_and_message) -> None:
    secret, message = secret_and_message
    names: dict[str, Any] = {}
    exec(example("python"), names)  # noqa: S102 - the document's own
    assert names["is_genuine"](secret, message.headers, message.body)
    assert not names["is_genuine"](secret, message.headers, message.body + b" ")
    assert not names["is_genuine"](secret, message.headers | {"webhook-timestamp": "1"}, message.body)


@pytest.mark.parametrize(("added", "said"), [(b"", "genuine\n"), (b" ", "forged\n")])
def test_the_example_for_a_shell(secret_and_message, tmp_path: Path, added: bytes, said: str) -> None:
    secret, message = secret_and_message
    (tmp_path / "body.json").write_bytes(message.body + added)
    names = {"id": "webhook-id", "timestamp": "webhook-timestamp", "signature": "webhook-signature"}
    given = {"secret": secret} | {name: message.headers[header] for name, header in names.items()}
    done = subprocess.run(
        ["sh", "-c", example("sh", "openssl")],
        env=os.environ | given,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (said, "")


def test_all_events_and_pauses_are_told() -> None:
    assert [name for name in WebhookEvent if f"| `{name}` |" not in DOCUMENT] == []
    assert PAUSES == (10, 60, 300, 1800, 7200, 21600, 43200), "The document names them."


def example(language: str, part: str = "") -> str:
    found = [code for code in re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL) if part in code]
    assert len(found) == 1
    return found[0]
