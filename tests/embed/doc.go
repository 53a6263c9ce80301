// SPDX-License-Identifier: MIT

// Package embed puts libcsmtp into programs that had their own ways before
// it came: they fork, block signals, crash, load and unload. Each program in
// hosts proves one thing and exits with 0.
package embed
