"""What operators see of the hotline: a record of each call, figures over all calls, and who may see them."""
