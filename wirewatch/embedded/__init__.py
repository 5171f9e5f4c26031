"""What the embedded Kafka is made of; `wirewatch.broker` is its face, and the only module that imports this."""
