"""Text in images of pages, recognised by Tesseract: a program of its own, called once for each page."""
