"""Many calls at once, from telephone exchanges: who may bring one, how many there may be, and how they are watched."""
