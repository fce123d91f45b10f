"""`python -m rasa_components.quiet run …`: Rasa's command line without the warnings of its libraries. A warning filter
is not enough, because some of the libraries set filters of their own."""

from __future__ import annotations

import warnings

if __name__ == "__main__":
    warnings.showwarning = lambda *_, **__: None

    from rasa.__main__ import main

    main()
