"""The `cepstra` command: client, evaluation, administration."""
