"""Deliver: alerts to webhooks."""
