"""Imported last where servers are forked from: the shipped networks are loaded once.

What is there by then stays as long as the servers do, so that their garbage collectors need not
look through it at each start.
"""

import gc

from cepstra.verification import shipped

shipped.load_network()
shipped.load_campplus()
gc.collect()
gc.freeze()
