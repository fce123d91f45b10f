"""`python -m rasa_components.quiet run …`: Rasa's command line, without what nobody needs of it here: the warnings of
its libraries (a warning filter is not enough, because some of them set filters of their own), and TensorFlow where a
dialogue is served that has no use for it."""

from __future__ import annotations

import sys
import warnings

from rasa_components.absent import leave_out

if __name__ == "__main__":
    warnings.showwarning = lambda *_, **__: None
    leave_out(sys.argv[1:])

    from rasa.__main__ import main

    main()
