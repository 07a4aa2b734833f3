"""JSON documents and JSON Lines: objects flattened to rows, one at a time.

Written here and not with a library for events (ijson): Python's own decoder, given one element at a time, is
three times as fast, keeps numbers as they are written, and a broken element costs one row.
"""
