"""The paper: frozen content in, bytes out. Knows no case, no rule and no web page."""
