"""Imported where servers are forked from, so that the shipped networks are loaded once."""

from cepstra.verification import shipped

shipped.load_network()
shipped.load_campplus()
