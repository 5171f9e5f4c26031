"""The four steps from stories to alerts, one Faust app each."""
