"""From a passage to its pairs: a module for each kind of thing that can be asked about."""
