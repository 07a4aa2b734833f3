"""From a page of a PDF to words, rules, images and links. The only room that calls PDFium."""
