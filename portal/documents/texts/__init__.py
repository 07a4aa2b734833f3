"""Texts to Markdown, a module for each kind. `decoding` turns bytes into text for all of them; `values` writes what
JSON and JSON Lines hold, `feeds` what RSS and Atom do."""
