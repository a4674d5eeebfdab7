"""The entity model."""
