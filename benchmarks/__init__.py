"""Speed of the service, always as a ratio to something run beside it."""
