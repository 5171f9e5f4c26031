"""What an operator sees: metrics, health, illness, and what is done about it."""
