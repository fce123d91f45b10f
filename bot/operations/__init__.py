"""What those who run the hotline see: a record of each call, figures over all of them, and who may look."""
