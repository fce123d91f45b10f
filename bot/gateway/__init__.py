"""Many calls at once, from telephone exchanges: who may bring them, how many are taken, and how they are watched."""

LOG = "%(asctime)s %(levelname)s %(message)s"
"""Format of a log line, for the gateway and the action server."""
