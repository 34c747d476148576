"""Words compared with words: which one was said, and whether it is a copy. Arrays in and out."""
