"""What the gateway costs, beside the floor of the same run. `python -m bench --help` says more."""
