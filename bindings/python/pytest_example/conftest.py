# SPDX-License-Identifier: MIT
pytest_plugins = ["csmtp_testserver.pytest_plugin"]
