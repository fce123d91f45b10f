"""What is kept of a call for people and programs: transcript, page, events, vCon, recording. Digits in text are
masked."""
