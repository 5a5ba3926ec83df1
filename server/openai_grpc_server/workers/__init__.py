"""Several processes behind one port: a supervisor that starts, replaces and ends workers, and the workers."""
