"""Who met, called, visited, exercised with whom, where and when, as releases tell it."""
