"""Additions and removals of a release of OpenAI's Python package, as lines of proto: `make api-drift`.

`sdk` and `operations` read the package, `contract` the contract; `planner` decides, `proposal` is what it decides,
`text` writes that into proto files, `report` prints it, and `trial` holds it against a contract that has it already.
"""
