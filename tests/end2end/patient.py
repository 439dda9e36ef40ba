"""
The capture process that waits for ever, when it ends, for uploads that are on their way. Then what
it does not wait for is seen without a clock: it ends.

    python -m tests.end2end.patient --workspace … (as `python -m proxy`)
"""

import math
import sys

from proxy import service
from proxy.__main__ import main

if __name__ == "__main__":
    service.DRAIN_SECONDS = math.inf
    sys.exit(main())
