"""Workbooks and Parquet files: other people's parsers, in a process of its own that may use so much and no more."""
