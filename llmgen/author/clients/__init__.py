"""Whoever answers a prompt: a hosted or local model, or any command."""
