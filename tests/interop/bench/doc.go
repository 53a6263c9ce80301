// SPDX-License-Identifier: MIT

// Command bench compares the speed of csmtp and other mail clients. In each round of a
// workload, all clients run one after another (or, in workloads in which they mostly
// wait, at the same time) against the same sink. The report gives medians of the rounds.
// Ratios of clients are computed within each round, because a temporary slowdown of the
// machine affects all clients in a round alike. The report gives the medians of these
// ratios. ./build.sh bench builds what it needs and runs it; README.md describes the
// measurements.
package main
