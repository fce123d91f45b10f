"""Where callers are on this machine: a microphone and a keyboard, and what every channel needs while it waits."""
