"""Publish: a batch is in the dataset wholly or not at all."""
