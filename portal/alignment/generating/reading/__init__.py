"""From the text of a document to its blocks, each with its range. Nothing here knows what will be asked."""
