"""Calls that a telephone exchange brings: Asterisk's WebSocket and AudioSocket, and the queues in both directions."""
