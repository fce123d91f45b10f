"""A caller who is part of the program: scripts, their voice and line, the call, its verdict and its report."""
