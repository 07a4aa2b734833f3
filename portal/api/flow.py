"""Fields that several endpoints below `/v1/flow` take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from portal.database import can_be_kept

VISIBLE = r"^[!-~]{1,41}$"


@dataclass(frozen=True)
class Text:
    """Of a field: it has at most `most` characters, and where it is `needed`, one of them can be seen. As in
    `Annotated[str, Text(255)]`."""

    most: int
    needed: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        visible = {"pattern": r"\S"} if self.needed else {}
        return handler(schema) | {"maxLength": self.most, **visible, "not": {"pattern": r"\x00"}}

    def _checked(self, value: str) -> str:
        if len(value) > self.most:
            raise ValueError(f"At most {self.most:,} characters, please.")
        if not can_be_kept(value):
            raise ValueError("It has characters that no database keeps: NUL, or half of a pair.")
        if self.needed and not value.strip():
            raise ValueError("This is needed.")
        return value


def _file_id(value: str) -> str:
    if not re.fullmatch(VISIBLE, value):
        raise ValueError("A file's id looks like file-…, without spaces.")
    return value


def _nothing(value: object) -> None:
    if value is not None:
        raise ValueError("This portal has no vector database: leave it out, or send null.")


FileId = Annotated[str, AfterValidator(_file_id), Field(json_schema_extra={"pattern": VISIBLE})]

Search = Annotated[str, Text(255)]
"""What is looked for in a list. SQLite would look for what stands before a NUL, PostgreSQL refuses one."""

NoVectorDatabase = Annotated[None, BeforeValidator(_nothing)]
"""The public client has a field for the id of one."""
