"""Are the files here tests?  No: they are small repositories for others to plan for, and import what is not there."""

collect_ignore_glob = ["*"]
