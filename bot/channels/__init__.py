"""Callers at this machine: microphone and keyboard; and how every channel waits."""
