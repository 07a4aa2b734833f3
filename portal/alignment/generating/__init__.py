"""From Markdown to pairs of question and answer. Texts in, pairs out: knows neither database nor Flask."""
