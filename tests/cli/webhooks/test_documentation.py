"""The request that docs/webhooks.md shows, sent by curl."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

from tests.support.receiver import allow
from tests.support.served import served

DOCUMENT = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()


def test_the_example_with_curl(app, token: str) -> None:
    allow(app, resolve=lambda _host, _port: ["93.184.216.34"])
    (example,) = [code for code in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL) if "curl" in code]
    with served(app) as url:
        given = {"PORTAL_URL": url, "PORTAL_TOKEN": token}
        done = subprocess.run(["sh", "-c", example], env=os.environ | given, capture_output=True, text=True, check=True)
    webhook = json.loads(done.stdout)["data"]
    assert (webhook["id"], webhook["url"]) == (1, "https://hooks.example.com/in")
