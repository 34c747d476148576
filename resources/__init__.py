"""The HTTP side: one file for the calls of one purpose; a method loads a schema, calls verification, dumps a schema."""
