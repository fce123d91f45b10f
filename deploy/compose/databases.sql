-- PostgreSQL runs this once, when its volume is empty. The accounts are in the database `voicebot`, Rasa's trackers in
-- one of their own, so that neither needs the other's rights.
CREATE DATABASE trackers OWNER voicebot;
