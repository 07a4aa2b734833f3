"""Progress as a line of a terminal. Pure."""

from __future__ import annotations

BAR_WIDTH = 30
NARROWEST_BAR = 10


def bar(percent: float, text: str, width: int | None = None) -> str:
    """[#####.....] 50 %  41,200 of 82,400 rows, ... in at most `width` characters: where that is narrow, the bar gives
    way first, then the text."""
    whole = int(percent)  # rounded down: what isn't done must not read 100 %
    told = f"{whole:3} %  {text}"
    room = BAR_WIDTH if width is None else min(BAR_WIDTH, width - len(told) - len("[] "))
    if room < NARROWEST_BAR:
        return told.lstrip()[:width]
    filled = room * whole // 100
    return f"[{'#' * filled}{'.' * (room - filled)}] {told}"
