"""Builds models/ and the generated lexicons from data: what `communique train` does. No run imports it."""
