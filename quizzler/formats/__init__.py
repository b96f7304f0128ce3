"""Question files in and out, one module per format. Pure: text in, questions out, no files opened here."""
