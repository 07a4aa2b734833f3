"""How messages are kept, sent and tried again."""
