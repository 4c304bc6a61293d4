"""How does a log become findings?  excerpt → tracebacks, match → decide (with the chart), generic → order."""
