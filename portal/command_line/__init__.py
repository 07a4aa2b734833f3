"""What all of `portal ...` share: who acts and at which portal, how answers and refusals are printed."""

from portal.command_line.actor import COMMAND_LINE
from portal.command_line.answers import json_option, say, says_why_not
from portal.command_line.bars import bar
from portal.command_line.places import PLACE_OPTIONS, WrongUsage, is_elsewhere, reaching
from portal.command_line.reading import reading_options
from portal.command_line.saving import save
from portal.command_line.tables import pages_text, printable, table

__all__ = [
    "COMMAND_LINE",
    "PLACE_OPTIONS",
    "WrongUsage",
    "bar",
    "is_elsewhere",
    "json_option",
    "pages_text",
    "printable",
    "reaching",
    "reading_options",
    "save",
    "say",
    "says_why_not",
    "table",
]
