"""How much of a file is taken, so that a hostile one costs a sentence and no more."""

LONGEST_RECORD = 16 << 20
"""Bytes of one record, so of one cell too. Generous for real cells, yet small enough to hold and to read twice
when a quote is never closed."""

MOST_LINES = 10_000
"""Lines that one quoted record may span."""

MOST_COLUMNS = 16_384
"""Columns of a table: as many as a sheet of Excel has."""

HEADER_BYTES = 1 << 20
"""Bytes of all headers together."""

MOST_VALUES = 250_000
"""Names, values and brackets in one JSON element: decoded, each takes up to a hundred bytes."""

CHECKED_BYTES = 8 << 20
"""Bytes of text that are looked at while a person waits for an upload to be accepted."""

UNPACKED_BYTES = 64 << 30
"""Bytes that a compressed file may unpack to, and that a converter may hand over."""

RATIO_BYTES = 64 << 20
MOST_RATIO = 500
"""Unpacked bytes for each packed one, once RATIO_BYTES are unpacked. Tables reach 100 at most; Deflate can't go
beyond 1,032 (https://zlib.net/zlib_tech.html), so a bomb comes close to that."""

UNPACKING_MEMORY = 256 << 20
"""Bytes that a decompressor may need: more than the highest levels of xz (65 MB) and zstd (128 MB) do."""

ZIP_DIRECTORY_BYTES = 1 << 20
"""Bytes of a ZIP archive's list of contents."""

WORKBOOK_BYTES = 4 << 30
"""Bytes that the parts of a workbook may unpack to, by what its directory declares."""

COPIED_BYTES = 8 << 30
"""Bytes that are copied to a local file for a converter, which can't read from a remote store."""

CONVERTER_MEMORY = 3 << 30
"""Bytes of address space of the process that converts a workbook or a Parquet file. A sheet of 1,000,000 rows and
10 columns takes 1 GB; Polars reserves 1 GB before it reads anything."""

CONVERTER_SECONDS = 900
"""Seconds of processor time of that process. A sheet of 1,000,000 rows and 10 columns takes 20."""

CHECKING_SECONDS = 20
"""The same while a person waits; a file that takes longer is accepted, and checked by the worker."""
