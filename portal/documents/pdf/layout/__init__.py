"""From words to blocks: what a page's text is, judged by where its words stand and how they look. Knows no PDF."""
