"""Calls as OpenTelemetry traces: one trace a call. Off unless `traces_url` is set (docs/traces.md)."""
