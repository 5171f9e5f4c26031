"""Counts what became of each attempt to deliver. Endpoints are bounded by the configuration; alerts are in no label."""

from datetime import datetime

from alerts.schedule import Answer, Verdict
from wirewatch.messages import Alert
from wirewatch.operations import metrics
from wirewatch.operations.canary import CANARY


def measure_delivery(alert: Alert, answer: Answer, verdict: Verdict, now: datetime) -> None:
    """Count an attempt, and what it says of the canary where it is that one's."""
    if alert.endpoint == CANARY:
        if verdict.outcome == "delivered":
            metrics.CANARY_SECONDS.observe(max(0.0, (now - alert.at).total_seconds()))
            metrics.CANARY_ARRIVED.set(now.timestamp())
        return
    # What is not configured any more is one label, however many names an old log holds.
    endpoint = "" if verdict.reason == "endpoint_unknown" else alert.endpoint
    metrics.DELIVERIES.labels(endpoint, verdict.outcome, verdict.reason).inc()
    if answer.seconds:
        metrics.DELIVERY_SECONDS.labels(endpoint).observe(answer.seconds)
