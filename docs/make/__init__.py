"""What makes the generated pages of docs/: `python -m docs.make` writes them all anew; a test holds them current."""
