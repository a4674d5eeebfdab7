"""What runs, in what order: the Prefect flows and the command line."""

from flows.environment import limit_threads

limit_threads()
