"""A table in a compressed file."""

from dataclasses import dataclass

from portal.reading.layouts import Layout
from portal.reading.packed.unpacked import PACKINGS
from portal.reading.signatures import Kind


@dataclass(frozen=True)
class PackedLayout:
    """`inside` is how the table is written, `member` its name in an archive."""

    kind: Kind
    member: str | None
    inside: Layout

    @property
    def headers(self) -> tuple[str, ...]:
        return self.inside.headers

    @property
    def text(self) -> str:
        member = f"“{self.member}”, " if self.member else ""
        return f"{PACKINGS[self.kind].name}, {member}{self.inside.text}"
