"""Where long numerical jobs run: in this process, on its cores, or on a cluster."""
