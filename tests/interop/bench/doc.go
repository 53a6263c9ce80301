// SPDX-License-Identifier: MIT

// Command bench measures csmtp beside other mail clients. Each workload runs
// one client after another, some rounds of that, against one sink; what is
// told are medians of the rounds, and of the ratios within each round, so that
// a machine which is slower for a while is slower for all. ./build.sh bench
// builds all that it needs and runs it; README.md says what is measured.
package main
