// SPDX-License-Identifier: MIT

// Command second is another library written in Go. It is built with -buildmode=c-shared. Its
// Go runtime is not modified, but that of libcsmtp is. A program loads both libraries.
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

// secondRecovers dereferences a nil pointer, and returns 1 if it can recover from the
// panic.
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
