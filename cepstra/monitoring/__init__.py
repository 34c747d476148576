"""How the service is doing: log lines for people and collectors, numbers for Prometheus."""
