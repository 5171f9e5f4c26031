"""The parts of `benchmarks.delivery`: a receiver, a meter, and the contenders."""
