// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// figure formats a number with about three digits.
func figure(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a >= 10_000:
		return thousands(int64(math.Round(v/10) * 10))
	case a >= 1000:
		return thousands(int64(math.Round(v)))
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	case a >= 0.1:
		return strings.TrimSuffix(fmt.Sprintf("%.2f", v), ".00")
	}
	return fmt.Sprintf("%.3f", v)
}

func thousands(v int64) string {
	if v < 0 {
		return "-" + thousands(-v)
	}
	if v < 1000 {
		return fmt.Sprint(v)
	}
	return fmt.Sprintf("%s,%03d", thousands(v/1000), v%1000)
}

// ranked returns the clients of a workload: the fastest first, and at the end those that were
// not measured.
func (r *result) ranked() []string {
	ranked := slices.Clone(r.clients)
	key := func(client string) float64 {
		v := r.median(client, rate)
		if r.unit == "ms" && v > 0 {
			return 1 / v
		}
		return v
	}
	slices.SortStableFunc(ranked, func(a, b string) int {
		switch x, y := key(a), key(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return ranked
}

func isOurs(client string) bool { return strings.HasPrefix(client, "csmtp") }

// isFloor reports whether the row is not a client, but the result of floor.c, which is the
// upper limit for all clients.
func isFloor(client string) bool { return strings.HasPrefix(client, floor) }

func emphasized(client string) string {
	switch {
	case isOurs(client):
		return "**" + client + "**"
	case isFloor(client):
		return "*" + client + "*"
	}
	return client
}

// shortName returns a client's name without the part in parentheses.
func shortName(client string) string {
	short, _, _ := strings.Cut(client, " (")
	return short
}
