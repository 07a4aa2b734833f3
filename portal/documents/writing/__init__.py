"""Making Markdown: what every kind of document shares on its way there."""
