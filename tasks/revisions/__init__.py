"""Which document is a later version of which, over the whole dataset."""
