"""Exports: things as JSON, JSON Lines and CSV, written while they are read. Knows no domain."""
