"""Poll: feeds to the topic `stories`."""
