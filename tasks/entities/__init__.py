"""Entities: who, what and where is named."""
