"""Calls that a telephone exchange brings: Asterisk's WebSocket and AudioSocket, what waits on the way in and out."""
