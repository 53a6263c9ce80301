// SPDX-License-Identifier: MIT

package main

import "slices"

// median returns the median of values, or 0 if there are none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// figures returns a figure for each round of client: the result of the function 'of'.
func (r *result) figures(client string, of func(*sample) float64) []float64 {
	var v []float64
	for _, s := range r.samples[client] {
		v = append(v, of(s))
	}
	return v
}

func (r *result) median(client string, of func(*sample) float64) float64 {
	return median(r.figures(client, of))
}

// ratio returns the median of the ratios of two clients in each round, or 0 if one of
// them was not measured.
func (r *result) ratio(client, to string, of func(*sample) float64) float64 {
	if r == nil {
		return 0
	}
	a, b := r.figures(client, of), r.figures(to, of)
	var v []float64
	for i := range min(len(a), len(b)) {
		v = append(v, a[i]/b[i])
	}
	return median(v)
}

func rate(s *sample) float64        { return s.rate }
func cpu(s *sample) float64         { return s.cpu }
func memory(s *sample) float64      { return s.memory }
func turns(s *sample) float64       { return s.turns }
func allocations(s *sample) float64 { return s.allocations }
