"""How values are written in pages."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from portal.database import utcnow
from portal.progress import duration_text


def init_app(app: Flask) -> None:
    """Register the filters under the names that templates use."""
    app.jinja_env.filters |= {
        "number": number,
        "iso": iso,
        "exact": exact,
        "relative": relative,
        "filesize": filesize,
        "duration": duration_text,
    }


def number(value: float) -> str:
    """With thousands separators: 41,200."""
    return f"{value:,.0f}"


def iso(time: datetime) -> str:
    """ISO 8601 in UTC with microseconds and `Z`, as in the JSON."""
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def exact(time: datetime) -> str:
    """For tooltips: 21 Nov 2026, 22:01:32 UTC."""
    return f"{time:%-d %b %Y, %H:%M:%S} UTC"


def relative(time: datetime, now: datetime | None = None) -> str:
    """For reading: "4 minutes ago"; "in 3 days" for what is to come."""
    seconds = ((now or utcnow()) - time).total_seconds()
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = int(abs(seconds) // size)
        if count:
            text = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{text} ago" if seconds > 0 else f"in {text}"
    return "just now" if seconds > -30 else "in a moment"


def filesize(size: float) -> str:
    """Bytes in the unit that suits: 11.2 MB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1000
    raise AssertionError("unreachable")
