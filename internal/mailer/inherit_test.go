// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakeCallbacks sets the functions of Gate that would call callbacks in C. The new
// functions call nothing.
func fakeCallbacks(t *testing.T) {
	before := Gate
	t.Cleanup(func() { Gate = before })
	Gate.Log = func(Origin, func() uint64) func(int, string) { return func(int, string) {} }
	Gate.Progress = func(Origin) func(int64, int64) bool { return func(int64, int64) bool { return true } }
	Gate.Event = func(Origin) func(*Event) { return func(*Event) {} }
	Gate.Token = func(o Origin, _ func() uint64) func(bool) (string, error) {
		return func(bool) (string, error) { return strings.Repeat("t", int(o.User)), nil }
	}
	Gate.Read = func(o Origin) func() (io.ReadCloser, error) { return reading(strings.Repeat("r", int(o.User))) }
}

// setAllFromC returns the calls that setAll returns, except that the callbacks are set as C
// sets them.
func setAllFromC(dir string) map[string]func(*Mailer) error {
	all := setAll(dir)
	origin := Origin{Handle: 1, Function: 2, User: 3}
	all["AddAttachmentReader"] = func(m *Mailer) error { return m.AddReaderOrigin("last.dat", "", 3, origin) }
	all["SetTokenCallback"] = func(m *Mailer) error { return m.SetTokenOrigin(origin) }
	all["SetProgressCallback"] = func(m *Mailer) error { return m.SetProgressOrigin(origin) }
	all["SetLogCallback"] = func(m *Mailer) error { return m.SetLogOrigin(origin) }
	all["SetEventCallback"] = func(m *Mailer) error { return m.SetEventOrigin(origin) }
	return all
}

// childOf returns the handle that takes the place of h in a forked child.
func childOf(t *testing.T, h uintptr) uintptr {
	t.Helper()
	child := newMailer(settings{})
	require.True(t, child.inheritFrom(Lookup(h)))
	return addMailer(child)
}

// TestChildInheritsEverySetter checks that a forked child has each value that a setter of
// the header has set. The child must share no memory with its parent except the octets of
// []byte values.
func TestChildInheritsEverySetter(t *testing.T) {
	fakeCallbacks(t)
	dir := t.TempDir()
	makeCallerFiles(t, dir)
	set := setAllFromC(dir)
	check := func(t *testing.T, h uintptr) {
		t.Helper()
		child := childOf(t, h)
		defer Free(child)
		sameValue(t, "heritage", reflect.ValueOf(&Lookup(h).heritage).Elem(), reflect.ValueOf(&Lookup(child).heritage).Elem())
	}
	all := cleanHandle(t)
	base(t, all)
	for name := range marks(t) {
		t.Run(name, func(t *testing.T) {
			require.NotNil(t, set[name], "setAll has no call to CSmtp_%s", name)
			h := cleanHandle(t)
			base(t, h)
			mustCall(t, h, set[name])
			check(t, h)
			parent := composed(t, h)
			child := childOf(t, h)
			defer Free(child)
			assert.Equal(t, parent, composed(t, child))
		})
		mustCall(t, all, set[name])
	}
	check(t, all)
}

// sameValue checks that the values 'a' and b, which must be addressable, are equal, and share
// no memory except the octets of []byte values. 'path' names them in errors.
func sameValue(t *testing.T, path string, a, b reflect.Value) {
	t.Helper()
	typ := a.Type()
	at := func(v reflect.Value) reflect.Value {
		return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	a, b = at(a), at(b)
	if typ == reflect.TypeFor[time.Time]() {
		assert.True(t, a.Interface().(time.Time).Equal(b.Interface().(time.Time)), path)
		return
	}
	switch typ.Kind() {
	case reflect.Struct:
		for i := range typ.NumField() {
			f := typ.Field(i)
			if f.Tag.Get("fork") == "restored" {
				assert.Equal(t, a.Field(i).IsZero(), b.Field(i).IsZero(), "%s.%s was not restored", path, f.Name)
				continue
			}
			sameValue(t, path+"."+f.Name, a.Field(i), b.Field(i))
		}
	case reflect.Slice:
		require.Equal(t, a.IsNil(), b.IsNil(), path)
		require.Equal(t, a.Len(), b.Len(), path)
		if a.Len() > 0 && typ.Elem().Kind() == reflect.Uint8 {
			assert.Equal(t, a.Pointer(), b.Pointer(), "%s was copied", path)
			return
		}
		assert.True(t, a.Len() == 0 || a.Pointer() != b.Pointer(), "%s is shared", path)
		for i := range a.Len() {
			sameValue(t, path, a.Index(i), b.Index(i))
		}
	case reflect.Array:
		for i := range a.Len() {
			sameValue(t, path, a.Index(i), b.Index(i))
		}
	case reflect.Pointer:
		require.Equal(t, a.IsNil(), b.IsNil(), path)
		if !a.IsNil() {
			assert.NotEqual(t, a.Pointer(), b.Pointer(), "%s is shared", path)
			sameValue(t, path, a.Elem(), b.Elem())
		}
	case reflect.String:
		assert.Equal(t, a.String(), b.String(), path)
		if a.Len() > 0 {
			assert.NotSame(t, unsafe.StringData(a.String()), unsafe.StringData(b.String()), "%s is shared", path)
		}
	default:
		assert.Equal(t, a.Interface(), b.Interface(), path)
	}
}

// TestHeritageCanBeCopied checks that forked.Copy can copy the type of each field of
// heritage, except fields with the tag fork:"restored".
func TestHeritageCanBeCopied(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var check func(path string, typ reflect.Type)
	check = func(path string, typ reflect.Type) {
		if seen[typ] || typ == reflect.TypeFor[time.Time]() {
			return
		}
		seen[typ] = true
		switch typ.Kind() {
		case reflect.Struct:
			for i := range typ.NumField() {
				if f := typ.Field(i); f.Tag.Get("fork") != "restored" {
					check(path+"."+f.Name, f.Type)
				}
			}
		case reflect.Map:
			check(path, typ.Key())
			check(path, typ.Elem())
		case reflect.Slice, reflect.Array, reflect.Pointer:
			check(path, typ.Elem())
		case reflect.Func, reflect.Interface, reflect.Chan, reflect.UnsafePointer:
			t.Errorf("%s is a %s: restore it in heritage.restore, and tag it fork:\"restored\"", path, typ)
		}
	}
	check("heritage", reflect.TypeFor[heritage]())
}

// If a child was forked during a change of a handle, it cannot use that handle. It can use
// the other handles.
func TestChildForkedDuringAChange(t *testing.T) {
	h := cleanHandle(t)
	m := Lookup(h)
	m.beginChange()
	child := newMailer(settings{})
	child.handle = lastHandle.Add(1)
	child.inherited.Store(m)
	m.endChange()
	m.changing.Store(true)
	enter(child)
	defer Free(child.handle)
	assert.Equal(t, Forked, Call(child.handle, (*Mailer).Send))
	assert.Equal(t, Forked, LastError(child.handle))
	assert.Equal(t, Forked, Cancel(child.handle))
	m.changing.Store(false)
	assert.Equal(t, Forked, Call(child.handle, (*Mailer).Send), "it stays lost")
	other := cleanHandle(t)
	assert.Equal(t, NoError, Call(childOf(t, other), (*Mailer).DelHeaders))
}

// The list from which a child copies contains exactly the handles that have not been freed.
func TestTable(t *testing.T) {
	listed := func() map[uintptr]int {
		n := map[uintptr]int{}
		for m := table.first.Load(); m != nil; m = m.next.Load() {
			n[m.handle]++
		}
		return n
	}
	before := listed()
	h := make([]uintptr, 6)
	for i := range h {
		h[i] = New()
		before[h[i]]++
	}
	assert.Equal(t, before, listed())
	for _, i := range []int{5, 2, 0, 3, 4, 1} {
		Free(h[i])
		Free(h[i])
		delete(before, h[i])
		assert.Equal(t, before, listed())
	}
}
