"""Pages of single tasks: each made for the place and the moment in which people do it."""
