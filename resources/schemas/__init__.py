"""The outside shape of all data: requests and replies, and nowhere else."""
