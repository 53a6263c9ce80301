// SPDX-License-Identifier: MIT

// Package forked copies values from the memory of another image of the library. A process
// that loads the library has one image of it. If the process forks, the child loads a
// second image, its private copy. The private copy reads the parent's values from the
// memory that the child has inherited.
package forked

import (
	"reflect"
	"strings"
	"time"
	"unsafe"
)

// Copy copies a value from the memory of another image. The copy shares no memory with the
// original except the octets of []byte values, which can be large and are never changed.
// Copy does not copy fields with the tag fork:"restored": such fields contain functions or
// interfaces, which refer to code and types of the other image. Copy panics if any other
// part of the value is a function, an interface, a channel or an unsafe.Pointer.
func Copy[T any](to, from *T) {
	copyValue(reflect.TypeFor[T](), unsafe.Pointer(to), unsafe.Pointer(from))
}

var timeType = reflect.TypeFor[time.Time]()

func copyValue(t reflect.Type, to, from unsafe.Pointer) {
	if t == timeType { // a Time contains a pointer to a time zone in the memory of the other image
		if old := (*time.Time)(from); old.Unix() != (time.Time{}).Unix() {
			*(*time.Time)(to) = time.Unix(old.Unix(), int64(old.Nanosecond()))
		}
		return
	}
	switch t.Kind() {
	case reflect.String:
		*(*string)(to) = strings.Clone(*(*string)(from))
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.Tag.Get("fork") != "restored" {
				copyValue(f.Type, unsafe.Add(to, f.Offset), unsafe.Add(from, f.Offset))
			}
		}
	case reflect.Array:
		for i := range t.Len() {
			at := uintptr(i) * t.Elem().Size()
			copyValue(t.Elem(), unsafe.Add(to, at), unsafe.Add(from, at))
		}
	case reflect.Slice:
		copySlice(t, to, from)
	case reflect.Pointer:
		if old := *(*unsafe.Pointer)(from); old != nil {
			fresh := reflect.New(t.Elem())
			copyValue(t.Elem(), fresh.UnsafePointer(), old)
			reflect.NewAt(t, to).Elem().Set(fresh)
		}
	case reflect.Map:
		copyMap(t, to, from)
	case reflect.Func, reflect.Interface, reflect.Chan, reflect.UnsafePointer:
		panic("forked: " + t.String() + " cannot be copied")
	default: // numbers and truth values
		copy(unsafe.Slice((*byte)(to), t.Size()), unsafe.Slice((*byte)(from), t.Size()))
	}
}

func copySlice(t reflect.Type, to, from unsafe.Pointer) {
	old := reflect.NewAt(t, from).Elem()
	switch {
	case old.IsNil():
		return
	case t.Elem().Kind() == reflect.Uint8:
		reflect.NewAt(t, to).Elem().Set(old.Slice3(0, old.Len(), old.Len()))
		return
	}
	fresh := reflect.MakeSlice(t, old.Len(), old.Len())
	for i := range old.Len() {
		copyValue(t.Elem(), fresh.Index(i).Addr().UnsafePointer(), old.Index(i).Addr().UnsafePointer())
	}
	reflect.NewAt(t, to).Elem().Set(fresh)
}

func copyMap(t reflect.Type, to, from unsafe.Pointer) {
	old := reflect.NewAt(t, from).Elem()
	if old.IsNil() {
		return
	}
	fresh := reflect.MakeMapWithSize(t, old.Len())
	own := func(v reflect.Value) reflect.Value {
		shared, copied := reflect.New(v.Type()), reflect.New(v.Type())
		shared.Elem().Set(v)
		copyValue(v.Type(), copied.UnsafePointer(), shared.UnsafePointer())
		return copied.Elem()
	}
	for i := old.MapRange(); i.Next(); {
		fresh.SetMapIndex(own(i.Key()), own(i.Value()))
	}
	reflect.NewAt(t, to).Elem().Set(fresh)
}
