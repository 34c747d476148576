"""Making of the background: simulated devices, sessions, trials, and the fit of everything."""
