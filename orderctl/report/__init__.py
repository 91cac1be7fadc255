"""How results are shown: text, JSON, and the formats of other tools; knows no command and no network."""
