"""What is new on the package index since a table was written?  See README.md."""
