"""The model of attributions: what it sees, the network, which documents it reads, what it finds."""
