"""What does a maintainer run beside the program itself?  Nothing here is part of an installed envdoctor."""
