"""Normalize: only what is broken is repaired, and each repair is an edit."""
