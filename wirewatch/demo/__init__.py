"""The demo: the world's news feeds on loopback, a summer of news for them, and a receiver of the alerts."""
