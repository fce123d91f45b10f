"""Pages in a browser: the web phone. What the pages are made of lies in `static/`, as it is sent; nothing is built."""
