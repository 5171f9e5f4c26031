"""What decides: pure functions without Faust, input or output, or a clock."""
