"""Many calls at once, from telephone exchanges: who may bring one, how many there may be, and how they are watched."""

LOG = "%(asctime)s %(levelname)s %(message)s"
"""A line of the log, of the gateway and of the action server."""
