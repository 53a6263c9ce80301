// SPDX-License-Identifier: MIT

// Package hostile has what is played against the whole client: servers and
// callers that a fuzzer invents, C calls with every kind of wrong argument,
// panics and failing memory at the boundary, and tens of thousands of mails in
// constant memory. README.md maps each known hole of mail clients to the test
// that shows it closed; a test holds that table to the tests that there are.
package hostile
