"""How connections come in, to gateways and to the action server: who has shown no secret yet, and TLS."""
