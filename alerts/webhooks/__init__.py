"""One file a webhook payload."""
