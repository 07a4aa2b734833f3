"""Compressed files: unpacked while they are read, never onto the disk."""
