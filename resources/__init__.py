"""The HTTP side: a file for the calls of one purpose; a method calls verification and no more."""
