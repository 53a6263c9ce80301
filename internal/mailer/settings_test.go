// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A handle and its clone use the same settings until one of them is changed. Each setter then
// changes only its own handle.
func TestSetterChangesOnlyItsHandle(t *testing.T) {
	dir := t.TempDir()
	makeCallerFiles(t, dir)
	set := setAll(dir)
	for name := range marks(t) {
		t.Run(name, func(t *testing.T) {
			require.NotNil(t, set[name], "setAll has no call to CSmtp_%s", name)
			h := cleanHandle(t)
			base(t, h)
			mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(timeoutQuit, 4321) })
			first := cloneOf(t, h)
			second := cloneOf(t, first)
			require.Same(t, Lookup(h).settings, Lookup(second).settings, "a clone has a copy of the settings")
			before := composed(t, h)

			mustCall(t, first, set[name])
			changed := composed(t, first)
			assert.NotEqual(t, before, changed, "the setter changes nothing that composed shows")
			assert.Equal(t, before, composed(t, h), "the setter of a clone changes the original")
			assert.Equal(t, before, composed(t, second), "the setter of a clone changes its clone")

			mustCall(t, h, set[name])
			assert.Equal(t, before, composed(t, second), "the setter of the original changes a clone")
			mustCall(t, second, set[name])
			assert.Equal(t, changed, composed(t, first))
		})
	}
}

// ClearMessage changes only its handle, too.
func TestClearMessageChangesOnlyItsHandle(t *testing.T) {
	dir := t.TempDir()
	makeCallerFiles(t, dir)
	h := cleanHandle(t)
	base(t, h)
	set := setAll(dir)
	for name, mark := range marks(t) {
		if strings.HasPrefix(name, "Set") && strings.Contains(mark, "message") {
			mustCall(t, h, set[name])
		}
	}
	clear := func(h uintptr) {
		mustCall(t, h, (*Mailer).ClearMessage)
		base(t, h)
	}
	first := cloneOf(t, h)
	second := cloneOf(t, first)
	before := composed(t, h)
	clear(first)
	cleared := composed(t, first)
	assert.NotEqual(t, before, cleared)
	assert.Equal(t, before, composed(t, h))
	assert.Equal(t, before, composed(t, second))
	clear(h)
	assert.Equal(t, before, composed(t, second))
	clear(second)
	assert.Equal(t, cleared, composed(t, second))
	assert.False(t, Lookup(second).settings.envelope.forOneMail())
}

// The copies of a handle's mail in a pool use the same settings until one of the handle's settings
// changes. A change applies only to the copies that are made later.
func TestSettingsOfQueuedMails(t *testing.T) {
	dir := t.TempDir()
	makeCallerFiles(t, dir)
	set := setAll(dir)
	set["ClearMessage"] = func(m *Mailer) error {
		if err := m.ClearMessage(); err != nil {
			return err
		}
		return m.AddRecipient("bob@test.example", "Bob")
	}
	for name, change := range set {
		h := cleanHandle(t)
		base(t, h)
		mustCall(t, h, func(m *Mailer) error { return m.SetDSN("FAILURE", "FULL", "first-envelope") })
		copies := make([]*pooled, 3)
		copied := func(i int) {
			mustCall(t, h, func(m *Mailer) (err error) { copies[i], err = m.snapshot(); return err })
		}
		copied(0)
		copied(1)
		require.Same(t, copies[0].settings, copies[1].settings, name)
		before := *copies[0].settings
		mustCall(t, h, change)
		copied(2)
		require.Equal(t, before, *copies[0].settings, "%s changes a queued mail", name)
		want := Lookup(h).settings.withoutCallbacks()
		want.login, want.trust = login{}, trust{}
		require.Equal(t, want, copies[2].settings, "%s is ignored by the next mail", name)
	}
}

// New handles use the same settings, which no setter changes.
func TestSettersKeepInitialSettings(t *testing.T) {
	dir := t.TempDir()
	makeCallerFiles(t, dir)
	set := setAll(dir)
	set["ClearMessage"] = (*Mailer).ClearMessage
	for name, f := range set {
		h := New()
		Call(h, f)
		Free(h)
		require.Equal(t, defaultSettings(), initial, name)
	}
}
