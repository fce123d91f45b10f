"""Proves, call by call, that no fault of a part leaves an account in doubt: `make prove`, docs/proof.md."""
