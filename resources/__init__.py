"""The HTTP side: one file a noun; a method loads a schema, calls verification, dumps a schema."""
