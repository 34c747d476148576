"""Cepstra in Python without a service: features, profiles, pictures; no HTTP, no database.

`import cepstra` hands out what people use of it, and imports a part when it is asked for.
"""
