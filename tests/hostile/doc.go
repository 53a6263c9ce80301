// SPDX-License-Identifier: MIT

// Package hostile tests the whole client with hostile servers and callers: servers
// whose behavior a fuzzer chooses, C calls with every kind of wrong argument, panics
// and failing allocations in every function, and tens of thousands of mails in constant
// memory. README.md maps each known attack on mail clients to its tests;
// TestTableNamesTests checks that they exist.
package hostile
