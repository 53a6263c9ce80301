// SPDX-License-Identifier: MIT

package forked

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

type all struct {
	flag    bool
	small   int8
	number  uint64
	text    string
	texts   [2]string
	list    []*string
	octets  []byte
	table   map[string][]int
	nested  struct{ at time.Time }
	pointer *all
	call    func() `fork:"restored"`
}

func example() *all {
	word := "word"
	a := &all{flag: true, small: -1, number: 1 << 63, text: "text", texts: [2]string{"a", "b"}, list: []*string{&word, nil},
		octets: []byte("octets"), table: map[string][]int{}, pointer: &all{list: []*string{}}}
	for i := range 1000 { // Go stores a large map differently from a small one
		a.table[fmt.Sprint(i)] = []int{i}
	}
	a.nested.at = time.Now()
	return a
}

func TestCopy(t *testing.T) {
	from, to := example(), &all{}
	Copy(to, from)
	assert.True(t, from.nested.at.Equal(to.nested.at))
	to.nested = from.nested
	assert.Equal(t, from, to)
	assert.Same(t, &from.octets[0], &to.octets[0])
	assert.NotSame(t, from.list[0], to.list[0])
	assert.NotSame(t, from.pointer, to.pointer)
	to.table["0"][0] = 7
	assert.Equal(t, 0, from.table["0"][0])
	assert.Equal(t, len(to.octets), cap(to.octets))
}

func TestCopyOfFunctions(t *testing.T) {
	from, to := example(), &all{}
	from.call = func() {}
	Copy(to, from)
	assert.Nil(t, to.call, "a function of the other image")
	for _, refused := range []func(){
		func() { Copy(new(func()), new(func())) },
		func() { Copy(new(any), new(any)) },
		func() { Copy(new(chan int), new(chan int)) },
		func() { Copy(&[]error{nil}, &[]error{nil}) },
	} {
		assert.Panics(t, refused)
	}
}

func TestCopyOfTimes(t *testing.T) {
	for _, from := range []time.Time{{}, time.Unix(0, 0), time.Unix(-1, 5), time.Unix(2e9, 0)} {
		var to time.Time
		Copy(&to, &from)
		assert.True(t, from.Equal(to), "%v", from)
		assert.Equal(t, from.IsZero(), to.IsZero())
	}
}
