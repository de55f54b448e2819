"""The generated pages of the reference, one file a page or two; ``docs.generate`` lists them."""
