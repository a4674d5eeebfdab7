"""Ingest: everything in the input is read into records or accounted for."""
