// SPDX-License-Identifier: MIT

// Package interop tests csmtp against other implementations: mail servers (package
// servers), SCRAM servers, a verifier of JSON Web Tokens and DKIM verifiers. It is a separate
// module, so that csmtp does not depend on these implementations.
//
//	cd tests/interop && go test ./...
//
// If the tests run as root, they install missing servers. Other users can run only the tests
// that need no such server; the other tests are skipped or, with CI=true, fail. OpenSMTPD and
// Dovecot 2.4 need Debian 13. On request, the tests make a separate Debian 13 installation
// with these servers, which takes some minutes:
//
//	CSMTP_INTEROP_DEBIAN13=1 go test ./...
package interop
