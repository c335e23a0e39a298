"""Reading: a module for each kind of source, which gives the rows of an epoch's slices on Spark."""
