// SPDX-License-Identifier: MIT

// Package embed runs libcsmtp inside programs that, for example, fork, block signals, crash,
// or load and unload libraries. Each program in hosts tests one such behavior, and exits with
// 0 if the library behaves as it should.
package embed
