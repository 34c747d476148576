"""Making of the embedding networks: pseudo-speakers, teacher, networks, fitting and export."""
