"""Pages in a browser: the web phone and the operator's page. Their files are in `static/`, and are sent unchanged."""
