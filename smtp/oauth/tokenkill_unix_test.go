// SPDX-License-Identifier: MIT

//go:build unix

package oauth

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTokenWorker is not a test: the tests below run it in other processes. It renews the
// tokens in a file repeatedly.
func TestTokenWorker(t *testing.T) {
	path := os.Getenv("CSMTP_TEST_WORKER")
	if path == "" {
		return
	}
	userAgent = strconv.Itoa(os.Getpid()) // identifies the process to the server
	die, turns := os.Getenv("CSMTP_TEST_DIE"), 1<<30
	if die != "" || os.Getenv("CSMTP_TEST_ONCE") != "" {
		turns = 1
	}
	c := Config{TokenFile: path, Proxy: "direct", backoff: time.Millisecond, step: func(step string) {
		if step == die {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}}
	a := source(t, c)
	next := a.Login(context.Background())
	for i := range turns {
		_, err := next(i > 0)
		if err == nil {
			continue
		}
		fmt.Printf("failed: %v\n", err)
		var e *Error
		if !errors.As(err, &e) || e.Code != "invalid_grant" || !strings.Contains(err.Error(), runLogin) {
			fmt.Println("FAIL")
			os.Exit(3)
		}
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Println("done")
}

func worker(path string, env ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], "-test.run", "^TestTokenWorker$")
	c.Env = append(append(os.Environ(), "CSMTP_TEST_WORKER="+path), env...)
	return c
}

// A process is killed between two steps of a renewal. If the server has replaced the refresh
// token and the new file has not been renamed yet, the new refresh token is lost, and the next
// process gets an error that tells the user to log in again. Otherwise, it is not lost.
func TestKilledRenewal(t *testing.T) {
	for step, lost := range map[string]bool{"locked": false, "asked": true, "created": true, "written": true, "synced": true, "renamed": false} {
		s := newRotating(t, "first")
		c := s.loggedIn(t, "first")
		out, err := worker(c.TokenFile, "CSMTP_TEST_DIE="+step).CombinedOutput()
		require.ErrorContains(t, err, "killed", "%s: %s", step, out)
		readStored(t, c.TokenFile)
		out, err = worker(c.TokenFile, "CSMTP_TEST_ONCE=1").CombinedOutput()
		require.NoError(t, err, "%s: %s", step, out)
		assert.Equal(t, lost, strings.Contains(string(out), "failed: "), "%s: %s", step, out)
		assert.Equal(t, lost, strings.Contains(string(out), runLogin), "%s: %s", step, out)
		if lost {
			relogin(t, s, c.TokenFile)
			wantToken(t, s.next(), another(t, c), false)
		}
		onlyFile(t, c.TokenFile)
	}
}

// relogin writes the server's newest refresh token to the file, as csmtp-login does.
func relogin(t *testing.T, s *rotating, path string) {
	t.Helper()
	store, err := openTokenStore(context.Background(), path, true, true)
	require.NoError(t, err)
	defer store.close()
	file, err := parseTokenFile(store.content)
	require.NoError(t, err)
	s.mu.Lock()
	file.Refresh, file.Access = s.current, ""
	s.mu.Unlock()
	require.NoError(t, store.replace(file.encode(), func(string) {}))
}

// Eight processes share a token file, the server replaces the refresh token at each request,
// and processes are killed at random. A new token is lost only if the process that requested
// it is killed before it has renamed the new file.
func TestEightProcessesKilledAtRandom(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := newRotating(t, "first")
	s.cut.Store(true)
	c := s.loggedIn(t, "first")

	var mu sync.Mutex
	running := map[int]*exec.Cmd{}
	killed := map[int]bool{}
	askedBy := map[int]int{} // maps the number of a replacement to the process that requested it
	output := &safeText{}
	start := func() {
		w := worker(c.TokenFile)
		w.Stdout, w.Stderr = output, output
		require.NoError(t, w.Start())
		mu.Lock()
		running[w.Process.Pid] = w
		mu.Unlock()
	}
	kill := func(pid int) {
		mu.Lock()
		w := running[pid]
		delete(running, pid)
		killed[pid] = true
		mu.Unlock()
		if w != nil {
			_ = w.Process.Kill()
			_ = w.Wait()
		}
	}
	inRequest := make(chan int, 1000)
	s.onRotation(func(n int, r *http.Request) {
		pid, _ := strconv.Atoi(r.UserAgent())
		mu.Lock()
		askedBy[n] = pid
		mu.Unlock()
		if n%10 == 0 { // kill the process between the replacement and the rename
			kill(pid)
			inRequest <- pid
		}
	})
	for range 8 {
		start()
	}
	losses := 0
	for range 60 {
		time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
		mu.Lock()
		pids := make([]int, 0, 8)
		for pid := range running {
			pids = append(pids, pid)
		}
		mu.Unlock()
		if len(pids) > 0 {
			kill(pids[random.IntN(len(pids))])
		}
		for {
			mu.Lock()
			missing := 8 - len(running)
			mu.Unlock()
			if missing <= 0 {
				break
			}
			start()
		}
		if lost, last := isLost(t, s, c.TokenFile); lost {
			losses++
			mu.Lock()
			assert.True(t, killed[askedBy[last]], "rotation %d by process %d, which lives, is lost", last, askedBy[last])
			mu.Unlock()
			relogin(t, s, c.TokenFile)
		}
	}
	mu.Lock()
	all := running
	running = map[int]*exec.Cmd{}
	for pid := range all {
		killed[pid] = true
	}
	mu.Unlock()
	for _, w := range all {
		_ = w.Process.Kill()
		_ = w.Wait()
	}
	if lost, last := isLost(t, s, c.TokenFile); lost {
		losses++
		mu.Lock()
		assert.True(t, killed[askedBy[last]], "rotation %d", last)
		mu.Unlock()
	}
	renewed, reused := s.counts()
	mu.Lock()
	kills := len(killed)
	mu.Unlock()
	t.Logf("%d renewals, %d kills, %d in a request, %d tokens lost, %d requests with them", renewed, kills, len(inRequest), losses, reused)
	assert.NotZero(t, renewed)
	assert.NotContains(t, output.String(), "FAIL", output.String())
	if losses == 0 {
		assert.Zero(t, reused, output.String())
	}
	for _, secret := range []string{"access-", "refresh-", "first"} {
		assert.NotContains(t, output.String(), secret)
	}
}

// isLost waits until no process is renewing the token. It reports whether the newest refresh
// token is missing from the file, and returns how many refresh tokens the server has issued.
func isLost(t *testing.T, s *rotating, path string) (bool, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	store, err := openTokenStore(ctx, path, false, true)
	require.NoError(t, err)
	defer store.close()
	file, err := parseTokenFile(store.content)
	require.NoError(t, err, "%s", store.content)
	s.mu.Lock()
	defer s.mu.Unlock()
	return file.Refresh != s.current, s.n
}

type safeText struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *safeText) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
