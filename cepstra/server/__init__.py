"""How a server starts, and how requests get from the network to the application."""
