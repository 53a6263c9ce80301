// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// If the caller gives up while the server replaces the refresh token, the request is not
// canceled. The next call to Token returns the token from this request, and calls Save.
func TestCanceledCallerKeepsTheRefreshToken(t *testing.T) {
	for name, joins := range map[string]bool{"the next caller joins the request": true, "the request ends before": false} {
		t.Run(name, func(t *testing.T) {
			s := newRotating(t, refreshToken)
			asked, release := make(chan struct{}), make(chan struct{})
			s.onRotation(func(n int, _ *http.Request) {
				if n == 1 {
					close(asked)
					<-release
				}
			})
			c := s.refreshConfig()
			var saved []string
			c.Save = func(r string) { saved = append(saved, r) }
			a := source(t, c)
			ctx, cancel := context.WithCancel(context.Background())
			failed := make(chan error)
			go func() {
				_, err := a.Token(ctx, false)
				failed <- err
			}()
			<-asked
			cancel()
			require.ErrorIs(t, <-failed, context.Canceled)
			if joins {
				go func() {
					waitFor(t, a.account(), 1)
					close(release)
				}()
			} else {
				close(release)
				waitForFlight(t, a)
			}
			wantToken(t, "access-1", a, false)
			assert.Equal(t, []string{"refresh-1"}, saved)
			wantToken(t, "access-2", a, true)
			n, reused := s.counts()
			assert.Equal(t, []int{2, 0}, []int{n, reused})
		})
	}
}

// waitForFlight waits until no request is in progress.
func waitForFlight(t *testing.T, s *Source) {
	t.Helper()
	a := s.account()
	require.Eventually(t, func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.flight == nil
	}, 30*time.Second, time.Millisecond)
}

// A call to Token ends after Timeout even if the request takes longer because it had to wait
// for the lock of the token file. The request continues after the call.
func TestTimeoutLimitsTheCall(t *testing.T) {
	release := make(chan struct{})
	s := newRotating(t, "first")
	s.onRotation(func(int, *http.Request) { <-release })
	c := s.loggedIn(t, "first")
	c.Timeout = 30 * time.Second
	a := another(t, c)
	grace = 50*time.Millisecond - c.Timeout
	t.Cleanup(func() { grace = time.Second })
	_, err := a.Token(context.Background(), false)
	close(release)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "the call timed out")
	var e *Error
	require.True(t, errors.As(err, &e) && e.Temporary())
	grace = time.Second
	wantToken(t, "access-1", a, false)
	n, reused := s.counts()
	assert.Equal(t, []int{1, 0}, []int{n, reused})
}
