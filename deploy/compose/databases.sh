#!/bin/sh
# PostgreSQL runs this once, when its volume is empty. The accounts are in the database `voicebot`, Rasa's trackers in one
# of their own, each with a role of its own that cannot enter the other.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  -v accounts="$ACCOUNTS_DB_PASSWORD" -v trackers="$TRACKERS_DB_PASSWORD" <<'SQL'
CREATE ROLE voicebot LOGIN PASSWORD :'accounts';
CREATE ROLE trackers LOGIN PASSWORD :'trackers';
CREATE DATABASE voicebot OWNER voicebot;
CREATE DATABASE trackers OWNER trackers;
REVOKE CONNECT ON DATABASE voicebot FROM PUBLIC;
REVOKE CONNECT ON DATABASE trackers FROM PUBLIC;
SQL
