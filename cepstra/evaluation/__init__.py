"""Verification trials in; error rates, intervals, plots and tables out."""
