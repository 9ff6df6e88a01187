"""What holds in every process, whatever anybody does, and what holds in one of them."""
