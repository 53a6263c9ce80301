// SPDX-License-Identifier: MIT

// Package embed runs libcsmtp inside programs that fork, block signals, crash, or load
// and unload libraries. Each program in hosts has one such behavior, and exits with 0 if
// the library does not disturb the program.
package embed
