"""Is the GPU really used?  One file per part of the answer; `session` puts them together."""
