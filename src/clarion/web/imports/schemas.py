"""What the routes of imports give."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from clarion.imports.rows import RowMode

__all__ = ["ImportAnswer", "PeekAnswer", "RejectionAnswer"]


class ImportCountsAnswer(BaseModel):
    """How far it is: rows = added + updated + ignored + deleted + rejected."""

    model_config = ConfigDict(from_attributes=True)

    row_count: int
    added_count: int
    updated_count: int
    ignored_count: int
    deleted_count: int
    rejected_count: int
    byte_count: int
    done_byte_count: int


class ImportOptionsAnswer(BaseModel):
    """How the file is read."""

    model_config = ConfigDict(from_attributes=True)

    mode: RowMode
    default_country: str | None
    mapping: dict[str, str]
    channel: str
    encoding: str | None
    separator: str | None


class ImportAnswer(BaseModel):
    """An import and its report."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    file_name: str
    group_ids: list[int]
    options: ImportOptionsAnswer
    status: Literal["waiting", "running", "finished", "failed"]
    reason: str | None = Field(description="Why it failed.")
    counts: ImportCountsAnswer
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ColumnAnswer(BaseModel):
    """A column of a file, and what it feeds."""

    model_config = ConfigDict(from_attributes=True)

    header: str
    target: str = Field(description="A field, `attributes.<name>`, or `-` when it is left out.")


class PeekAnswer(BaseModel):
    """The head of a file."""

    model_config = ConfigDict(from_attributes=True)

    columns: list[ColumnAnswer]
    rows: list[list[str]] = Field(description="The first rows, a cell for each column.")


class RejectionAnswer(BaseModel):
    """A row that was not taken."""

    model_config = ConfigDict(from_attributes=True)

    row_number: int = Field(description="As a spreadsheet shows it; the header is row 1.")
    column_name: str
    code: str
    message: str
    raw: list[str] = Field(description="The row's cells.")
