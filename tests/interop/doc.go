// SPDX-License-Identifier: MIT

// Package interop holds csmtp against what others wrote: real mail servers
// (package servers), other clients' mechanisms and other verifiers. It is a
// module of its own so that what it needs stays out of csmtp's.
//
//	cd tests/interop && go test ./...
//
// As root it installs what is missing. With CI=true a missing server fails.
// Servers that only Debian 13 has (OpenSMTPD, Dovecot 2.4) are installed with
// a Debian 13 of their own, which takes some minutes, when asked for:
//
//	CSMTP_INTEROP_DEBIAN13=1 go test ./...
package interop
