"""Tests with a real browser, a real portal and its workers."""
