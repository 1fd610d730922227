"""What breaks between the server, the kernel and the page, on purpose: nothing may be lost, doubled or leaked."""

import pytest

pytest.register_assert_rewrite("tests.faults.fault_run")
