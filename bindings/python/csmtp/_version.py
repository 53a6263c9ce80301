# SPDX-License-Identifier: MIT
# Code generated from csmtp.go by internal/header/generate. DO NOT EDIT.
"""The version of the library for which this module was made."""
__version__ = "1.0.0"
