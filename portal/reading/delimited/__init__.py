"""CSV, TSV and kin: a fast reader for what is well formed, an exact one that defines what is right."""
