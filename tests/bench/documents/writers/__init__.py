"""Files of a document, by format."""
