"""Why a document couldn't be converted: for each cause a sentence for people, and what to do about it.

The first six are those of the reference, word for word (`reference/file-ingestion-monitoring.md`, *Troubleshoot common
errors*).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """One cause. `key` names it in the database and in addresses; `passes` says that it may go away by itself, so the
    conversion is tried again before anyone is told."""

    key: str
    message: str
    fix: str
    passes: bool = False


class ConversionFailed(Exception):
    """A document couldn't be converted. `failure` is what people are told, `details` what goes into the log."""

    def __init__(self, failure: Failure, details: str = "") -> None:
        super().__init__(f"{failure.key}: {details}" if details else failure.key)
        self.failure = failure
        self.details = details

    def __reduce__(self) -> tuple[type[ConversionFailed], tuple[Failure, str]]:
        return ConversionFailed, (self.failure, self.details)


EMPTY = Failure("empty", "The file appears to be empty.", "Upload a file with content.")
PDF_UNREADABLE = Failure(
    "pdf_unreadable",
    "The PDF may be corrupted, password-protected, or in an unsupported format.",
    "Upload a valid, unprotected PDF.",
)
PAGE_TOO_LARGE = Failure(
    "page_too_large",
    "The PDF contains pages that exceed the maximum supported size.",
    "Re-export the PDF with smaller page dimensions.",
)
NOT_FOUND = Failure(
    "not_found",
    "The file was not found or is not owned by the current user.",
    "Re-upload the file or verify the correct `file_id`.",
)
UNAVAILABLE = Failure(
    "unavailable", "Service temporarily unavailable.", "Retry the job after a brief wait.", passes=True
)
INTERNAL = Failure("internal", "Internal processing failure.", "If the issue persists, contact support.")

SCANNED = Failure(
    "scanned",
    "The document consists of images of pages, without any text.",
    "Retry it with the method accuracy-optimized, which recognises text in images.",
)
NO_TEXT_RECOGNISED = Failure(
    "no_text_recognised",
    "The document consists of images of pages, and no text could be recognised in them.",
    "Scan it again with at least 300 dpi, or upload a file that contains the text.",
)
UNSUPPORTED = Failure(
    "unsupported",
    "The file is of a type that can't be converted.",
    "Upload it as PDF, DOCX, DOC, PPTX, PPT, XLSX, HTML, RTF, RST, TXT, CSV, JSON, JSONL, XML or Markdown.",
)
UNKNOWN_ENCODING = Failure(
    "unknown_encoding",
    "The text is in no encoding that could be recognised.",
    "Save it as UTF-8, then upload it again.",
)
TOO_LONG = Failure(
    "too_long", "The document is too long to be converted at once.", "Split it into several files and upload those."
)
OFFICE_DAMAGED = Failure(
    "office_damaged",
    "The Office file is damaged, or isn't what its name says.",
    "Open it in an Office program, save it anew and upload that.",
)
OFFICE_LOCKED = Failure(
    "office_locked",
    "The Office file is protected by a password.",
    "Save it without a password, then upload it again.",
)
MACROS_ONLY = Failure(
    "macros_only",
    "The Office file contains macros, but no text.",
    "Upload the document whose text is meant.",
)
NO_TEXT = Failure(
    "no_text",
    "The document contains images, but no text.",
    "Upload it as PDF and choose the method accuracy-optimized, which recognises text in images.",
)
CONVERTER_MISSING = Failure(
    "converter_missing",
    "LibreOffice isn't installed on the server, and files of this type can't be read without it.",
    "Ask an administrator to install LibreOffice (Debian: libreoffice-writer-nogui, libreoffice-impress-nogui), then "
    "retry the file.",
)
RECOGNISER_MISSING = Failure(
    "recogniser_missing",
    "Tesseract isn't installed on the server, and text in images can't be recognised without it.",
    "Ask an administrator to install Tesseract (Debian: tesseract-ocr, tesseract-ocr-eng), then retry the file.",
)
ARCHIVE_BOMB = Failure(
    "archive_bomb",
    "The file unpacks to far more than a document of its size should.",
    "Save it anew from the program that made it, with smaller images, and upload that.",
)
TOO_SLOW = Failure(
    "too_slow",
    "The conversion took too long and was stopped.",
    "Split the document into smaller files, or retry it with the method speed-optimized.",
)
TOO_MUCH_MEMORY = Failure(
    "too_much_memory",
    "The conversion took more memory than a document may take, and was stopped.",
    "Split the document into smaller files, or save it with smaller images, and upload that.",
)
MALFORMED = Failure(
    "malformed",
    "The file isn't well-formed, so its content can't be read safely.",
    "Correct it with a program that checks such files, then upload it again.",
)

ALL = {
    failure.key: failure
    for failure in (
        EMPTY,
        PDF_UNREADABLE,
        PAGE_TOO_LARGE,
        NOT_FOUND,
        UNAVAILABLE,
        INTERNAL,
        SCANNED,
        NO_TEXT_RECOGNISED,
        UNSUPPORTED,
        UNKNOWN_ENCODING,
        TOO_LONG,
        OFFICE_DAMAGED,
        OFFICE_LOCKED,
        MACROS_ONLY,
        NO_TEXT,
        CONVERTER_MISSING,
        RECOGNISER_MISSING,
        ARCHIVE_BOMB,
        TOO_SLOW,
        TOO_MUCH_MEMORY,
        MALFORMED,
    )
}
