"""How fast Markdown becomes training data, and whether that stays so with ten times as much.

`corpus` makes the documents, `portal` has a whole portal make pairs of them, `measuring` is what `make bench` runs.
"""
