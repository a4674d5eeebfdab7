"""People: who is one person over the whole dataset."""
