"""A background mixture of voices that stay where they are: sites send sums, a server adds them."""
