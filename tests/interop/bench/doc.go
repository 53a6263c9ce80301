// SPDX-License-Identifier: MIT

// Command bench compares the speed of csmtp and other mail clients. In each round of
// a workload, all clients run one after another against the same sink. The report
// gives medians of the rounds, and medians of the ratios within each round, so that a
// temporary slowdown of the machine affects all clients alike. ./build.sh bench builds
// what it needs and runs it; README.md describes the measurements.
package main
