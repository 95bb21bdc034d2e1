"""What people may answer: one file a family of answer types, found by `registry.py`."""
