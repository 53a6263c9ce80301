// SPDX-License-Identifier: MIT

// Command second is somebody else's library in Go, built with
// -buildmode=c-shared and nothing else, to be loaded beside libcsmtp.
package main

import "C"

func main() {}

//export secondSum
func secondSum(n C.int) C.int {
	numbers := make(chan C.int)
	go func() {
		for i := C.int(1); i <= n; i++ {
			numbers <- i
		}
		close(numbers)
	}()
	sum := C.int(0)
	for i := range numbers {
		sum += i
	}
	return sum
}

// secondRecovers gives 1: a nil dereference is its own business.
//
//export secondRecovers
func secondRecovers() (recovered C.int) {
	defer func() {
		if recover() != nil {
			recovered = 1
		}
	}()
	var nowhere *C.int
	return *nowhere
}
