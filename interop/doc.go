// SPDX-License-Identifier: MIT

// Package interop holds csmtp against what others wrote: real mail servers
// (package servers), other clients' mechanisms and other verifiers. It is a
// module of its own so that what it needs stays out of csmtp's.
//
//	cd interop && go test ./...
//
// As root it installs what is missing. With CI=true a missing server fails.
package interop
