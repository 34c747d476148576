"""How requests get from the network to the application; gunicorn alone imports it."""
