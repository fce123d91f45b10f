"""What callers may say, from data/nlu into the recogniser's menu graph. No PyTorch, no OpenFst: a graph is read, gets
branches, and is written again."""
