"""One module a command; each exposes ``command``. They parse, call and print, and hold no rule of their own."""
