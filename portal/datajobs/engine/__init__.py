"""The work on file records: claiming, converting, settling, and taking over from the dead."""
