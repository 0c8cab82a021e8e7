"""The product's worker as `bench.endurance` runs it: all of it, but that papers of letters are not drawn.

Drawing ten thousand letters takes hours and is measured by `bench.letters`; here it would only keep the rest waiting.
"""

import sys

from jobs import outbox, worker

if __name__ == "__main__":
    outbox.KINDS["render_letter"] = lambda *_: None
    sys.exit(worker.main())
