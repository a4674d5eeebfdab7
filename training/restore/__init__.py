"""The restoration's language resource."""
