"""The making of training data: claiming, generating, the last steps, and taking over from the dead."""
