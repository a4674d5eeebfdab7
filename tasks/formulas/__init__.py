"""Wording that recurs: sequences of words with first and last use, and what took their place."""
