"""The stages of the pipeline: what is done to a batch of releases."""
