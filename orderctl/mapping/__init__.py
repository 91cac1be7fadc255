"""The words a shape is declared in, and what is prepared from them; knows no system."""
