"""Drafts of importers: the Python file of a class, made from a table that is there, from a sample file, or from both.

`tables` and `sample_files` look, `guessing`, `naming` and `matching` decide, `python` and `sql` write it down.
"""
