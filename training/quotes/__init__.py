"""The model of attributions, and the weights of quotations' scores."""
