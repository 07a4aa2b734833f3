"""What only shows over several pages: running heads, levels of headings, lists, footnotes, what goes on overleaf."""
