"""Tables: those with drawn lines, those that only stand in columns, and those that go on on the next page."""
