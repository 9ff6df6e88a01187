"""What concerns auditors: differences, replay, trees, proofs."""
