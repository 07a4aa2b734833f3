"""The web server's entry: `app`. The same module is what a worker process loads its queue from: `huey`."""

from portal import create_app
from portal.extensions import huey

app = create_app()

__all__ = ["app", "huey"]
