// SPDX-License-Identifier: MIT

// Package hostile tests the whole client with hostile servers and callers: servers whose
// behavior a fuzzer chooses, C calls with every kind of wrong argument, panics and
// failing allocations in every function, and thousands of mails in constant
// memory. README.md names the tests for each known attack on mail clients;
// TestTableNamesTests checks that these tests exist.
package hostile
