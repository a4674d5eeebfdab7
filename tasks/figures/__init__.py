"""Numbers of things and people that a publisher reports: losses, aid, activity."""
