"""What makes the generated pages of docs/: `python -m docs.make` writes them all anew. A test holds that they are current."""
