"""Imported last where servers are forked from: what is shipped is loaded once.

What is there by then stays as long as the servers do, so that their garbage collectors need not
look through it at each start.
"""

import gc

from cepstra.verification import shipped

shipped.load_background()
shipped.load_network()
shipped.load_campplus()
shipped.version()
gc.collect()
gc.freeze()
